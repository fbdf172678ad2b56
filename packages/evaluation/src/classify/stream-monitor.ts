import {
  createLossMonitor,
  createShiftMonitor,
  FALSE_ALARM_RATE,
  referenceAnswers,
  shiftAtHorizon,
  type ShiftFinding,
} from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import type { CachedLogits, ExitPolicy, PromiseMetadata } from '@earlyexit/exit-criteria';

/** Watches answers one by one, and reports once if they no longer look like those to the calibration images. */
export interface StreamMonitor {
  /** @returns the report, once, at the first answer that raises it; otherwise null */
  observe(answer: { readonly exit: number; readonly class: number; readonly score: number }): string | null;
  /** The number of answers observed. */
  readonly seen: number;
  /** Whether an alarm was raised. */
  readonly alarmed: boolean;
  /** A note if there are too few calibration samples to see small shifts, otherwise null. */
  readonly note: string | null;
}

/**
 * A monitor of a stream of answers, against the answers to the calibration samples under the same policy.
 *
 * @param calibration logits of the calibration split
 * @param policy the policy under which the answers are given
 * @throws DataError if there are too few calibration samples to tell a shift from chance
 */
export function monitorStream(calibration: CachedLogits, policy: ExitPolicy): StreamMonitor {
  const monitor = createShiftMonitor(referenceAnswers(calibration, policy), {
    exits: calibration.exits.length,
    classes: calibration.classes,
    falseAlarmRate: FALSE_ALARM_RATE,
  });
  const none = { exitIndex: new Int32Array(), classes: new Int32Array(), scores: new Float64Array() };
  const { note } = monitor.observe(none);
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
    note,
  };
}

/**
 * Tests a number of answers fixed beforehand, once: this sees far smaller shifts than `monitorStream`, which pays for
 * the freedom to be checked after every answer.
 *
 * @param calibration logits of the calibration split
 * @param policy the policy under which the answers were given @param scores the scores of all the answers
 * @throws DataError if there are fewer than 100 answers, or calibration samples
 */
export function compareWithCalibration(
  calibration: CachedLogits,
  policy: ExitPolicy,
  scores: ArrayLike<number>,
): ShiftFinding {
  const reference = referenceAnswers(calibration, policy);
  return shiftAtHorizon(reference.scores, scores, { falseAlarmRate: FALSE_ALARM_RATE });
}

/** An answer that has been checked. */
export interface CheckedAnswer {
  readonly class: number;
  /** The final exit's class. */
  readonly finalClass: number;
  /** The true class; null if unknown. */
  readonly label: number | null;
}

/** Watches the loss that was promised, and reports once if more is lost. */
export interface PromiseMonitor {
  /** @returns the report, once, at the first answer that raises it; otherwise null */
  observe(answer: CheckedAnswer): string | null;
  /** The number of losses seen. */
  readonly seen: number;
  /** How things stand, in words. */
  readonly message: string;
}

/**
 * Watches a promise by checking randomly drawn answers now and then: for `consistency` by running the final exit too,
 * for `gap` with the true class as well. Of several promised limits, the one that `loss` names is watched.
 *
 * @throws ArgumentError for a promise within each class, because one mean loss over all answers is watched
 */
export function monitorPromise(
  promise: Pick<PromiseMetadata, 'loss' | 'risk' | 'inEach' | 'joint'>,
): PromiseMonitor {
  const { loss, risk, inEach } = promise;
  if (inEach !== undefined) {
    throw new ArgumentError({
      function: 'monitorPromise',
      argument: 'promise',
      rule: 'one mean loss over all answers is watched',
      received: `a promise within each ${inEach}`,
    });
  }
  const monitor = createLossMonitor({ risk, falseAlarmRate: FALSE_ALARM_RATE });
  let report = monitor.observe([]);
  let alarmed = false;
  return {
    observe({ class: answer, finalClass, label }) {
      const known = loss === 'consistency' || label !== null;
      if (!known) return null;
      const lost =
        loss === 'consistency'
          ? Number(answer !== finalClass)
          : Number(answer !== label) - Number(finalClass !== label);
      report = monitor.observe([lost]);
      if (!report.alarm || alarmed) return null;
      alarmed = true;
      return report.message;
    },
    get seen() {
      return report.observed;
    },
    get message() {
      return report.message;
    },
  };
}
