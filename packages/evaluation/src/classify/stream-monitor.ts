import { createShiftMonitor, FALSE_ALARM_RATE, referenceAnswers } from '@earlyexit/calibration';
import type { CachedLogits, ExitPolicy } from '@earlyexit/exit-criteria';

/** Watches answers one by one, and says once that they no longer look like those to the calibration images. */
export interface StreamMonitor {
  /** @returns what to say, at the first answer after which it is to be said; else null */
  observe(answer: { readonly exit: number; readonly class: number; readonly score: number }): string | null;
  /** How many answers were observed. */
  readonly seen: number;
  /** Whether an alarm was raised. */
  readonly alarmed: boolean;
}

/**
 * A monitor of a stream of answers, against the answers to the calibration samples under the same policy.
 *
 * @param calibration logits of the calibration split
 * @param policy under which the answers are given
 * @throws DataError if there are too few calibration samples to tell a shift from chance
 */
export function monitorStream(calibration: CachedLogits, policy: ExitPolicy): StreamMonitor {
  const monitor = createShiftMonitor(referenceAnswers(calibration, policy), {
    exits: calibration.exits.length,
    classes: calibration.classes,
    falseAlarmRate: FALSE_ALARM_RATE,
  });
  let seen = 0;
  let alarmed = false;
  return {
    observe(answer) {
      seen++;
      const { alarm, message } = monitor.observe({
        exitIndex: Int32Array.of(answer.exit),
        classes: Int32Array.of(answer.class),
        scores: Float64Array.of(answer.score),
      });
      if (!alarm || alarmed) return null;
      alarmed = true;
      return message;
    },
    get seen() {
      return seen;
    },
    get alarmed() {
      return alarmed;
    },
  };
}
