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
  declined,
}: Classification): string {
  const verb = declined === true ? 'too unsure, declined' : 'answered';
  const sure = (probability ?? 0) > 0.9995 ? '>99.9 %' : percent(probability, 1);
  return `${input}: ${label ?? ''} (${sure}), ${verb} by ${exitName ?? ''} after ${shortMacs(macs)} MACs, ${(latencyMs ?? 0).toFixed(1)} ms`;
}
