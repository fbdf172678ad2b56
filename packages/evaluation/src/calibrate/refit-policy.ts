import type { MultiExitModel, PromiseMetadata } from '@earlyexit/branch-head';
import type { SearchAim } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import {
  argmaxRows,
  type CachedLogits,
  costsOf,
  type ExitPolicy,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import { calibrateModel } from './calibrate-model';
import type { CalibrationAim, PromiseAim } from './calibration-aim';

/** What int8 does to the answers, on the calibration split. */
export interface QuantizationReport {
  readonly samples: number;
  /** The share of the samples to which an exit gives the class that it gave in float32; one an exit. */
  readonly agreement: readonly number[];
  /** Accuracy with the policy, before in float32 and after in int8; null without labels. */
  readonly top1: { readonly float32: number | null; readonly int8: number | null };
  /** Mean multiply-accumulates a sample over those of the plain network, before and after. */
  readonly macsShare: { readonly float32: number | null; readonly int8: number | null };
}

/** What a policy is set anew with. */
export interface RefitSubject {
  readonly model: Pick<MultiExitModel, 'metadata'>;
  /** The policy that was found for float32. */
  readonly before: ExitPolicy;
  readonly float32: CachedLogits;
  readonly int8: CachedLogits;
  /** One a sample, for messages. */
  readonly sampleIds: readonly (string | number)[];
  /** Draws the part that a promise is made on. */
  readonly seed: number;
  /** What the new thresholds are to reach; it follows from the old ones unless given. */
  readonly aim?: SearchAim | undefined;
}

/** A policy that was set anew. */
export interface RefittedPolicy {
  readonly policy: Required<ExitPolicy> & { readonly promise: PromiseMetadata | null };
  /** What it was set to reach. */
  readonly aim: CalibrationAim;
  readonly report: QuantizationReport;
}

/**
 * Sets temperatures and thresholds anew on int8 logits: by the aim that is given, else by the promise that the old
 * thresholds carry, else so that samples cost on average what they cost before. Thresholds that are words stay.
 *
 * @throws what `calibrateModel` throws
 */
export function refitPolicy(subject: RefitSubject, work: WorkOptions = {}): RefittedPolicy {
  const { model, before, float32, int8, sampleIds, seed } = subject;
  const { metadata } = model;
  const costs = costsOf(metadata);
  const plain = summarizeExits(float32, before, costs);
  const aim =
    subject.aim ?? chooseAim(metadata.policy?.promise ?? null, before, plain.averageMacs! / costs.staticMacs);
  const isUnscaled = before.temperatures?.every((each) => each === 1) === true;
  const { policy, promise, summary } = calibrateModel(
    model,
    { cached: int8, sampleIds },
    { criterion: before.criterion, aim, scaling: isUnscaled ? 'none' : 'temperature', seed },
    work,
  );
  const shareOf = (macs: number | null): number | null => (macs === null ? null : macs / costs.staticMacs);
  return {
    policy: { ...policy, promise },
    aim,
    report: {
      samples: int8.samples,
      agreement: int8.exits.map((logits, exit) => agreement(logits, float32.exits[exit]!, int8.classes)),
      top1: { float32: plain.top1, int8: summary.top1 },
      macsShare: { float32: shareOf(plain.averageMacs), int8: shareOf(summary.averageMacs) },
    },
  };
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
  // The heads can make a policy dearer than the plain network; no aim asks for that.
  return isNumeric && macsShare <= 1 ? { targetMacs: macsShare } : { thresholds };
}

/** The share of the rows with the same class. */
function agreement(
  left: CachedLogits['exits'][number],
  right: CachedLogits['exits'][number],
  classes: number,
): number {
  const [mine, theirs] = [argmaxRows(left, classes), argmaxRows(right, classes)];
  return (
    mine.reduce((same, value, row) => same + (value === theirs[row] ? 1 : 0), 0) / Math.max(mine.length, 1)
  );
}
