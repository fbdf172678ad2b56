import type { ExitLoss } from './exit-losses';
import type { RiskMethod } from './risk-method';

/** The promise as one sentence without its full stop. */
export function describePromise({
  method,
  loss,
  risk,
  delta,
  samples,
  acceptsNone,
}: {
  readonly method: RiskMethod;
  readonly loss: ExitLoss;
  readonly risk: number;
  readonly delta: number;
  readonly samples: number;
  /** Whether no thresholds could be accepted. */
  readonly acceptsNone: boolean;
}): string {
  const what =
    loss === 'consistency'
      ? `at most ${asPercent(risk)} of the answers differ from the final exit's`
      : `accuracy is at most ${shortNumber(100 * risk)} percentage points below the final exit's`;
  if (method === 'naive') return `No promise: on these ${samples} samples ${what}, on others perhaps not`;
  const how =
    method === 'crc'
      ? `On average over draws of ${samples} calibration samples, ${what}`
      : `With a probability of at least ${asPercent(1 - delta)} over the draw of the ${samples} calibration samples, ${what}`;
  return acceptsNone ? `${how}. Only never leaving early could be accepted` : how;
}

/** `0.05` → `5 %`, without digits that are only rounding noise. */
export function asPercent(fraction: number): string {
  return `${shortNumber(100 * fraction)} %`;
}

/** A number without digits that are only rounding noise. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
