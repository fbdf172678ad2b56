import type { MultiExitModel, PromiseMetadata } from '@earlyexit/branch-head';
import {
  FITTING_SHARE,
  needsFittingPart,
  type SearchAim,
  selectSamples,
  splitRows,
} from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import {
  type CachedLogits,
  costsOf,
  type ExitPolicy,
  type PolicyMetadata,
  shareOfSameAnswers,
  storedPolicy,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import { calibrateModel } from './calibrate-model';
import type { CalibrationAim, PromiseAim } from './calibration-aim';

// Enough for the range of an activation.
const RANGE_SAMPLES = 256;

/** What int8 does to the answers, on the calibration split. */
export interface QuantizationReport {
  readonly samples: number;
  /** The share of samples that get the same class as in float32; one per exit. */
  readonly agreement: readonly number[];
  /** Accuracy with the policy, before in float32 and after in int8; null without labels. */
  readonly top1: { readonly float32: number | null; readonly int8: number | null };
  /** Mean multiply-accumulates per sample as a share of the plain network's, before and after. */
  readonly macsShare: { readonly float32: number | null; readonly int8: number | null };
}

/** The input of `refitPolicy`; `quantizeModel` of `@earlyexit/onnx` returns most of it. */
export interface RefitSubject {
  readonly model: Pick<MultiExitModel, 'metadata'>;
  /** The policy that was found for float32; the one stored in the network unless given. */
  readonly before?: ExitPolicy | undefined;
  readonly float32: CachedLogits;
  readonly int8: CachedLogits;
  /** The samples that the ranges of int8 were measured on; a promise is made on none of them. */
  readonly rangeRows?: Int32Array | undefined;
  /** One per sample, for messages; its number unless given. */
  readonly sampleIds?: readonly (string | number)[] | undefined;
  /** The seed of the part that a promise is made on; 0 unless given. */
  readonly seed?: number | undefined;
  /** What the new thresholds should reach; derived from the old ones unless given. */
  readonly aim?: SearchAim | undefined;
}

/** The new policy. */
export interface RefittedPolicy {
  readonly policy: Required<ExitPolicy> & { readonly promise: PromiseMetadata | null };
  /** What it was set to reach. */
  readonly aim: CalibrationAim;
  readonly report: QuantizationReport;
}

/**
 * Sets temperatures and thresholds again on int8 logits: by the given aim, otherwise by the promise of the old
 * thresholds, otherwise so that samples cost the same on average as before. `'never'` and `'always'` stay.
 *
 * @throws ArgumentError if there is no policy to set again, or ranges were measured on samples that a promise is to be
 * made on (`promiseRangeRows` names others); and what `calibrateModel` throws
 */
export function refitPolicy(subject: RefitSubject, work: WorkOptions = {}): RefittedPolicy {
  const { float32, int8, seed = 0 } = subject;
  const { metadata } = subject.model;
  const before = subject.before ?? storedPolicy(metadata);
  if (before === null) throw withoutPolicy(metadata.name);
  if (metadata.policy?.reject != null) {
    work.onNote?.({
      level: 'warning',
      text: 'the threshold under which the network declines to answer was found for float32; int8 does without',
    });
  }
  const costs = costsOf(metadata);
  const plain = summarizeExits(float32, before, costs);
  const aim =
    subject.aim ?? chooseAim(metadata.policy?.promise ?? null, before, plain.averageMacs! / costs.staticMacs);
  const isUnscaled = before.temperatures?.every((each) => each === 1) === true;
  const scaling = isUnscaled ? 'none' : 'temperature';
  const { criterion } = before;
  const sampleIds = subject.sampleIds ?? Array.from({ length: int8.samples }, (_, row) => row);
  const isPromised = 'risk' in aim || 'joint' in aim;
  // The ranges are checked here.
  const fittedOn = metadata.fittedOn?.filter(({ what }) => what !== 'int8-ranges') ?? [];
  if (isPromised) refuseRangeRows(subject.rangeRows, int8.samples, seed);
  const rows =
    isPromised && !needsFittingPart(scaling, criterion)
      ? splitRows(int8.samples, FITTING_SHARE, seed)[1]
      : null;
  const { policy, promise, summary } = calibrateModel(
    { metadata: { ...metadata, fittedOn } },
    rows === null
      ? { cached: int8, sampleIds }
      : { cached: selectSamples(int8, rows), sampleIds: Array.from(rows, (row) => sampleIds[row]!) },
    { criterion, aim, scaling, seed },
    work,
  );
  const shareOf = (macs: number | null): number | null => (macs === null ? null : macs / costs.staticMacs);
  return {
    policy: { ...policy, promise },
    aim,
    report: {
      samples: int8.samples,
      agreement: int8.exits.map((logits, exit) =>
        shareOfSameAnswers(logits, float32.exits[exit]!, int8.classes),
      ),
      top1: { float32: plain.top1, int8: summary.top1 },
      macsShare: { float32: shareOf(plain.averageMacs), int8: shareOf(summary.averageMacs) },
    },
  };
}

/**
 * The samples to measure int8 ranges on if the stored policy has a promise, which has to be made again on others: up to
 * `count` of those that a promise leaves for fitting.
 *
 * @returns null if nothing is promised, so that any samples will do
 */
export function promiseRangeRows(
  { policy }: { readonly policy: PolicyMetadata | null },
  samples: number,
  { seed = 0, count = RANGE_SAMPLES }: { readonly seed?: number | undefined; readonly count?: number } = {},
): Int32Array | null {
  if (policy?.promise == null) return null;
  return splitRows(samples, FITTING_SHARE, seed)[0].slice(0, count);
}

function refuseRangeRows(rangeRows: Int32Array | undefined, samples: number, seed: number): void {
  const [fitting] = splitRows(samples, FITTING_SHARE, seed);
  const apart = new Set(fitting);
  const within = rangeRows?.filter((row) => !apart.has(row)).length ?? 0;
  if (within === 0) return;
  throw new ArgumentError({
    function: 'refitPolicy',
    argument: 'rangeRows',
    rule: 'a promise is made on samples that no range of int8 was measured on',
    received: `${String(within)} of its samples among ${String(rangeRows!.length)} of the ranges`,
    remedy: 'Measure the ranges on the samples that promiseRangeRows names',
  });
}

function withoutPolicy(name: string): ArgumentError {
  return new ArgumentError({
    function: 'refitPolicy',
    argument: 'before',
    rule: 'there is a policy to set again',
    received: `${name}, which is not calibrated`,
    remedy: 'Calibrate it first, or export it as it is',
  });
}

function chooseAim(
  promise: PromiseMetadata | null,
  { thresholds }: ExitPolicy,
  macsShare: number,
): CalibrationAim {
  if (promise !== null) {
    const { risk, delta, method, loss, inEach, joint } = promise;
    if (joint !== undefined && delta !== null) return { joint, delta };
    return { risk, delta, method, loss, ...(inEach && { inEach }) } as PromiseAim;
  }
  const isNumeric = thresholds.some((value) => typeof value === 'number');
  // With its heads a policy can cost more than the plain network, but no aim can ask for that.
  return isNumeric && macsShare <= 1 ? { targetMacs: macsShare } : { thresholds };
}
