import type { Classification } from '@earlyexit/evaluation';
import { percent, shortMacs } from '@earlyexit/core/format';

/** An answer, in a line. */
export function describeAnswer({
  input,
  label,
  probability,
  exitName,
  macs,
  latencyMs,
}: Classification): string {
  const sure = (probability ?? 0) > 0.9995 ? '>99.9 %' : percent(probability, 1);
  return `${input}: ${label ?? ''} (${sure}), answered by ${exitName ?? ''} after ${shortMacs(macs)} MACs, ${(latencyMs ?? 0).toFixed(1)} ms`;
}
