import { count, percent, shortMacs } from '@earlyexit/core/format';
import type { WrittenAttached } from './write-attached';

/** How much faster a file is than the network alone, as `timeAttached` of `@earlyexit/benchmark` measures it. */
export interface MeasuredTime {
  readonly batch: number;
  /** Null where it could not be measured. */
  readonly speedup: number | null;
  readonly macsRatio: number;
}

/** What `attach --json` and `cascade --json` print. */
export interface AttachedDocument<Timing extends MeasuredTime = MeasuredTime> extends WrittenAttached {
  /** Null where nothing was timed. */
  readonly timing: readonly Timing[] | null;
  /** The figures of the images that nothing was chosen by. */
  readonly report: {
    readonly samples: number;
    /** Share of the answers that differ from the network's own. */
    readonly different: number;
    /** With exits and without; null without labels. */
    readonly top1: number | null;
    readonly originalTop1: number | null;
    readonly macsRatio: number;
    /** With the first size of batches that was timed. */
    readonly speedup: number | null;
  };
}

/** What was written, and what it does. */
export function attachedDocument<Timing extends MeasuredTime>(
  written: WrittenAttached,
  timing: readonly Timing[] | null,
): AttachedDocument<Timing> {
  const { samples, differentAnswers: different, accuracy, macsRatio } = written;
  const { withExits: top1 = null, without: originalTop1 = null } = accuracy ?? {};
  const speedup = timing?.[0]?.speedup ?? null;
  return { ...written, timing, report: { samples, different, top1, originalTop1, macsRatio, speedup } };
}

/** The same in sentences, the table of its exits aside. */
export function describeAttached(document: AttachedDocument): string[] {
  const {
    accuracy,
    promise,
    parts,
    differentInterval: [low, high],
  } = document;
  return [
    `on ${count(document.samples)} images that nothing was chosen by: ${shortMacs(document.averageMacs)} MACs on average, ${document.macsRatio.toFixed(2)}× fewer than the network alone (${shortMacs(document.staticMacs)})`,
    `${percent(document.differentAnswers, 2)} of the answers differ from the network's own (95 % interval ${percent(low, 2)} to ${percent(high, 2)})`,
    ...(accuracy === null
      ? []
      : [`${percent(accuracy.withExits, 2)} right, without exits ${percent(accuracy.without, 2)}`]),
    ...(promise === null
      ? ['nothing is promised']
      : [
          `${promise.statement}. On so many samples as little as ${percent(document.strictestRisk, 2)} could be promised.`,
        ]),
    `${parts.heads === 0 ? '' : `heads learnt from ${count(parts.heads)} images, `}temperatures and the order of thresholds come from ${count(parts.choosing)} others, thresholds from ${count(parts.promise)}, this report from ${count(parts.report)}`,
    ...(document.timing ?? []).map(
      ({ batch, speedup, macsRatio }) =>
        `${batch === 1 ? 'one image at a time' : `${String(batch)} images at a time`}: ${speedup === null ? 'not measured' : `${speedup.toFixed(2)}× as fast as the network alone, measured here on one thread`} (by MACs ${macsRatio.toFixed(2)}×)`,
    ),
    ...(document.agreement === null
      ? []
      : [
          `in int8 the answer is that of float32 for ${document.agreement.map(({ name, share }) => `${percent(share, 1)} at ${name}`).join(', ')}`,
        ]),
    ...(document.staged === undefined
      ? []
      : [
          `${document.staged.folder}: the same as ${String(document.staged.files.length - 1)} stages and a manifest`,
        ]),
    ...(document.modelFolder === undefined
      ? []
      : [`${document.modelFolder.folder}: the same as a model folder, which transformers.js loads`]),
    `the network is more than 90 % sure of ${percent(document.confidentAnswers, 1)} of its own answers`,
  ];
}
