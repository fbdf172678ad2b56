import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import { plural } from '@earlyexit/core/format';
import type { CachedLogits, PromisedPolicy, PromiseMetadata } from '@earlyexit/exit-criteria';
import type { Classification, ClassifyOptions } from './classify-images';
import type { KnownLabels } from './known-labels';
import { compareWithCalibration, monitorPromise, monitorStream } from './stream-monitor';

/** Options of `watchAnswers`. */
export interface WatchOptions extends Pick<WorkOptions, 'onNote'> {
  /** Logits of the calibration split: warns as soon as the answers no longer look like those to it. */
  readonly stream?: CachedLogits | null | undefined;
  /** The same logits: tests once, after the last answer, and sees far smaller shifts. */
  readonly end?: CachedLogits | null | undefined;
  /** One answer in this many is compared with the final exit's: warns as soon as more differ than was promised. */
  readonly recheck?: number | undefined;
  /** True classes of some images: warns as soon as more accuracy is lost than was promised. */
  readonly labels?: KnownLabels | null | undefined;
}

/** Watches answers; `recheck` is for `classifyImages`. */
export interface AnswerWatch extends Pick<ClassifyOptions, 'recheck'> {
  /** To be called with every answer, in order. */
  observe(answer: Classification): void;
  /** To be called once, after the last. */
  finish(): void;
}

type Monitor = Pick<AnswerWatch, 'observe' | 'finish'>;

/**
 * Watches the answers of `classifyImages` and reports through `onNote`: a warning when something has changed, a note at
 * the end if nothing has.
 *
 * @param policy the policy under which the answers are given, with its promise
 * @throws ArgumentError if there is no promise to watch, or it needs the other of `recheck` and `labels`; DataError
 *   if there are too few calibration samples to tell a shift from chance
 */
export function watchAnswers(policy: PromisedPolicy, options: WatchOptions): AnswerWatch {
  const { stream = null, end = null, recheck, labels = null } = options;
  const isChecked = recheck !== undefined || labels !== null;
  const monitors: readonly Monitor[] = [
    ...(stream === null ? [] : [watchStream(stream, policy, options)]),
    ...(end === null ? [] : [watchEnd(end, policy, options)]),
    ...(isChecked ? [watchLoss(requirePromise(policy, labels), labels, options)] : []),
  ];
  return {
    observe(answer) {
      for (const monitor of monitors) monitor.observe(answer);
    },
    finish() {
      for (const monitor of monitors) monitor.finish();
    },
    ...(isChecked && {
      recheck: (index, name) =>
        (recheck !== undefined && index % recheck === 0) || (labels?.(name) ?? null) !== null,
    }),
  };
}

function watchStream(calibration: CachedLogits, policy: PromisedPolicy, { onNote }: WatchOptions): Monitor {
  const monitor = monitorStream(calibration, policy);
  const note = (text: string): void => onNote?.({ level: 'note', text: `monitor: ${text}` });
  if (monitor.note !== null) note(monitor.note);
  return {
    observe({ input, exit, class: answer, score }) {
      if (exit === null || answer === null || score === null) return;
      const alarm = monitor.observe({ exit, class: answer, score });
      if (alarm !== null) onNote?.({ level: 'warning', text: `at ${input}: ${alarm}` });
    },
    finish() {
      if (!monitor.alarmed) note(`no shift seen in ${plural(monitor.seen, 'image')}`);
    },
  };
}

function watchEnd(calibration: CachedLogits, policy: PromisedPolicy, { onNote }: WatchOptions): Monitor {
  const scores: number[] = [];
  return {
    observe({ score }) {
      if (score !== null) scores.push(score);
    },
    finish() {
      const { shifted, message } = compareWithCalibration(calibration, policy, scores);
      onNote?.(
        shifted ? { level: 'warning', text: message } : { level: 'note', text: `monitor: ${message}` },
      );
    },
  };
}

function watchLoss(promise: PromiseMetadata, labels: KnownLabels | null, { onNote }: WatchOptions): Monitor {
  const monitor = monitorPromise(promise);
  return {
    observe({ input, class: answer, finalClass }) {
      if (answer === null || finalClass === undefined) return;
      const alarm = monitor.observe({ class: answer, finalClass, label: labels?.(input) ?? null });
      if (alarm !== null) onNote?.({ level: 'warning', text: `at ${input}: ${alarm}` });
    },
    finish() {
      onNote?.({ level: 'note', text: `monitor: ${monitor.message}` });
    },
  };
}

/** The promise whose loss can be watched with what is given. */
function requirePromise({ promise = null }: PromisedPolicy, labels: KnownLabels | null): PromiseMetadata {
  const place = { function: 'watchAnswers', argument: labels === null ? 'recheck' : 'labels' };
  if (promise === null) {
    throw new ArgumentError({
      ...place,
      rule: 'the loss that was promised is watched, under the thresholds that it was promised for',
      received: 'a network that promises nothing here',
    });
  }
  const isConsistency = promise.loss === 'consistency';
  if (isConsistency !== (labels !== null)) return promise;
  throw new ArgumentError({
    ...place,
    rule: isConsistency
      ? 'the promise is about the final exit’s answers, which takes no labels'
      : 'the promise is about accuracy, which takes the true classes',
    received: promise.statement,
    remedy: isConsistency ? 'Recheck every hundredth image instead' : 'Give the true classes of some images',
  });
}
