import { count, percent } from '@earlyexit/core/format';
import type { RefittedPolicy } from '@earlyexit/evaluation';
import type { ExitAgreement } from '@earlyexit/onnx';
import type { QuantizedRun } from '@earlyexit/runs';
import type { WorkSummary } from '../terminal/show-work';
import { describeCalibrationAim } from './calibration-aim';

/** What the ranges of int8 were measured on. */
export function rangeSource({ rangeRows, dataset }: Pick<QuantizedRun, 'rangeRows' | 'dataset'>): string {
  return rangeRows === null || dataset === null
    ? 'seeded noise'
    : `${count(rangeRows.length)} calibration images of ${dataset}`;
}

/** How long a step on the way to int8 took. */
export const ranInt8: WorkSummary = ({ what, done }, time) =>
  /^(measuring the ranges|running images in) /.test(what)
    ? `int8: ${what}, ${count(done)} images in ${time}`
    : undefined;

/** What the policy that was set anew for int8 does, next to the one before. */
export function describeRefit({ aim, report: { top1, macsShare } }: RefittedPolicy): string {
  return `int8: temperatures and thresholds set anew on its logits, ${describeCalibrationAim(aim)}: ${percent(top1.int8)} right at ${percent(macsShare.int8, 1)} of the MACs on the calibration split (float32: ${percent(top1.float32)} at ${percent(macsShare.float32, 1)})`;
}

/** Where the ranges come from, and how often the exits answer as in float32. */
export function describeInt8(source: string, agreement: readonly ExitAgreement[] | null): string {
  const same = agreement?.map(({ name, share }) => `${name} ${percent(share, 1)}`).join(', ');
  return `int8     ranges from ${source}${same === undefined ? '' : `; same class as in float32: ${same}`}`;
}
