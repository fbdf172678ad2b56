import type { MultiExitModel, PolicyMetadata, PromiseMetadata } from '@earlyexit/branch-head';
import {
  argmaxRows,
  type CachedLogits,
  type ExitPolicy,
  summarizeExits,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import type { Output } from '../terminal/output';
import { calibrateModel } from './calibrate-model';
import { type CalibrationAim, describeCalibrationAim, type RiskAim } from './calibration-aim';
import { chooseAim } from './policy';

/** What the new thresholds are to reach; what is left out follows from the old ones. */
export interface QuantizedAim {
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
}

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
interface RefitSubject {
  readonly model: MultiExitModel;
  /** The policy that was found for float32. */
  readonly before: ExitPolicy;
  readonly float32: CachedLogits;
  readonly int8: CachedLogits;
  readonly sampleIds: readonly (string | number)[];
  readonly seed: number;
}

/**
 * Sets temperatures and thresholds anew on int8 logits: by the aim that is named, else by the promise that the old
 * thresholds carry, else so that samples cost on average what they cost before. Thresholds that are words stay.
 */
export async function refitPolicy(
  subject: RefitSubject,
  named: QuantizedAim,
  output: Output,
): Promise<{ readonly policy: PolicyMetadata; readonly aim: string; readonly report: QuantizationReport }> {
  const { model, before, float32, int8, sampleIds, seed } = subject;
  const { metadata } = model;
  const costs = { exitMacs: metadata.exits.map(({ macs }) => macs), staticMacs: metadata.staticMacs };
  const plain = summarizeExits(float32, before, costs);
  const aim = chooseRefitAim(
    metadata.policy?.promise ?? null,
    before,
    named,
    plain.averageMacs! / costs.staticMacs,
  );
  const { name } = metadata;
  const { policy, promise, summary } = await calibrateModel(
    {
      model,
      costs,
      calibration: () =>
        Promise.resolve({ cached: int8, origin: { model: `${name} int8`, split: 'calibration' }, sampleIds }),
    },
    {
      criterion: before.criterion,
      aim,
      scaling: before.temperatures?.every((each) => each === 1) === true ? 'none' : 'temperature',
      seed,
    },
    output,
  );
  const stored = {
    criterion: policy.criterion,
    thresholds: policy.thresholds.map(thresholdToJson),
    temperatures: policy.temperatures,
  };
  const shareOf = (macs: number | null): number | null => (macs === null ? null : macs / costs.staticMacs);
  return {
    policy: promise === null ? stored : { ...stored, promise },
    aim: describeCalibrationAim(aim),
    report: {
      samples: int8.samples,
      agreement: int8.exits.map((logits, exit) => agreement(logits, float32.exits[exit]!, int8.classes)),
      top1: { float32: plain.top1, int8: summary.top1 },
      macsShare: { float32: shareOf(plain.averageMacs), int8: shareOf(summary.averageMacs) },
    },
  };
}

function chooseRefitAim(
  promise: PromiseMetadata | null,
  { thresholds }: ExitPolicy,
  named: QuantizedAim,
  macsShare: number,
): Exclude<CalibrationAim, { budget: true }> {
  if ((named.maxAccuracyDrop ?? named.targetMacs) !== undefined) return chooseAim(named);
  if (promise !== null) {
    const { risk, delta, method, loss } = promise;
    return { risk, delta, method, loss } as RiskAim;
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
