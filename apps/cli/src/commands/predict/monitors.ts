import { plural } from '@earlyexit/core/format';
import {
  type Classification,
  compareWithCalibration,
  monitorPromise,
  monitorStream,
} from '@earlyexit/evaluation';
import type { CachedLogits, ExitPolicy, PromiseMetadata } from '@earlyexit/exit-criteria';
import type { Output } from '../../terminal/output';
import type { KnownLabels } from './labels';

/** Watches the answers of a command. */
export interface Monitor {
  /** To be told of every answer, in order. */
  observe(answer: Classification): void;
  /** To be called once, after the last. */
  finish(): void;
}

/** `--monitor`: may speak after every image. */
export function streamMonitor(calibration: CachedLogits, policy: ExitPolicy, output: Output): Monitor {
  const monitor = monitorStream(calibration, policy);
  if (monitor.note !== null) output.note(`monitor: ${monitor.note}`);
  return {
    observe({ input, exit, class: answer, score }) {
      if (exit === null || answer === null || score === null) return;
      const alarm = monitor.observe({ exit, class: answer, score });
      if (alarm !== null) output.warn(`at ${input}: ${alarm}`);
    },
    finish() {
      if (!monitor.alarmed) output.note(`monitor: no shift seen in ${plural(monitor.seen, 'image')}`);
    },
  };
}

/** `--monitor-end`: speaks once, after the last image. */
export function endMonitor(calibration: CachedLogits, policy: ExitPolicy, output: Output): Monitor {
  const scores: number[] = [];
  return {
    observe({ score }) {
      if (score !== null) scores.push(score);
    },
    finish() {
      const { shifted, message } = compareWithCalibration(calibration, policy, scores);
      if (shifted) output.warn(message);
      else output.note(`monitor: ${message}`);
    },
  };
}

/** `--recheck` and `--labels`: the loss that was promised, by the answers that are checked. */
export function lossMonitor(promise: PromiseMetadata, labelOf: KnownLabels | null, output: Output): Monitor {
  const monitor = monitorPromise(promise);
  return {
    observe({ input, class: answer, finalClass }) {
      if (answer === null || finalClass === undefined) return;
      const alarm = monitor.observe({ class: answer, finalClass, label: labelOf?.(input) ?? null });
      if (alarm !== null) output.warn(`at ${input}: ${alarm}`);
    },
    finish() {
      output.note(`monitor: ${monitor.message}`);
    },
  };
}
