import { ArgumentError } from '@earlyexit/core';
import { argmaxRows, type CachedLogits } from '@earlyexit/exit-criteria';
import { checkFinite, checkLabelled } from '../checks';
import { logitContrast } from './logit-contrast';

/** A temperature fitted to one exit. */
export interface TemperatureFit {
  /** Divide the logits by it; 1 if the fit did not converge. */
  readonly temperature: number;
  readonly converged: boolean;
  /** Why there is no better temperature than 1, as a sentence; `null` if the fit converged. */
  readonly reason: string | null;
  /** Mean negative log-likelihood in nats, at temperature 1 and at `temperature`. */
  readonly nllBefore: number;
  readonly nllAfter: number;
}

// Relative to the spread of the logits. Beyond these a fit says more about the samples than about the network.
const SMALLEST_SHARE = 1e-3;
const LARGEST_SHARE = 1e3;
// With fewer samples the likelihood says next to nothing about a scale.
const FEWEST_SAMPLES = 10;
// Newton roughly doubles the correct digits a step; bisection, its fallback, needs 50 for the whole range.
const MOST_STEPS = 100;
const TOLERANCE = 1e-10;

/**
 * The temperature that makes an exit's probabilities fit the labels best: minimises the mean negative log-likelihood of
 * softmax(logits / T) (Guo et al., arXiv 1706.04599) by Newton's method in ln T, kept inside a bracket. In 1/T the
 * negative log-likelihood is convex, so the result is the minimum.
 *
 * Falls back to 1, with a reason, where there is no minimum between 0.001 and 1,000 times the spread of the logits:
 * every sample is right, the logits are no better than chance, all are equal, or there are fewer than 10 samples. The
 * unit of the logits does not matter: logits twice as large get twice the temperature.
 *
 * @param logits `[samples, classes]`, row-major, finite.
 * @param labels `[samples]`.
 * @throws ArgumentError if the lengths do not fit; DataError for logits that are not finite.
 */
export function fitTemperature(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
): TemperatureFit {
  const where = 'fitTemperature';
  if (logits.length !== labels.length * classes) {
    throw new ArgumentError({
      where,
      rule: 'there is one row of logits per label',
      received: `${logits.length} logits, ${classes} classes and ${labels.length} labels`,
    });
  }
  checkFinite(logits, classes, where);

  const atOne = likelihood(logits, labels, classes, 1);
  const fallBack = (reason: string): TemperatureFit => {
    return { temperature: 1, converged: false, reason, nllBefore: atOne.nll, nllAfter: atOne.nll };
  };
  if (labels.length < FEWEST_SAMPLES) {
    return fallBack(
      `${labels.length} samples are too few to fit a temperature: at least ${FEWEST_SAMPLES} are needed`,
    );
  }
  const contrast = logitContrast(logits, classes);
  if (contrast === 0) {
    return fallBack('all logits of each sample are equal, so that no temperature changes anything');
  }
  if (argmaxRows(logits, classes).every((answer, row) => answer === labels[row])) {
    return fallBack('every sample is right, so that the likelihood only grows as the temperature falls to 0');
  }
  const smallest = SMALLEST_SHARE * contrast;
  const largest = LARGEST_SHARE * contrast;
  if (likelihood(logits, labels, classes, largest).slope >= 0) {
    return fallBack(
      'the logits are no better than chance, so that the likelihood only grows with the temperature',
    );
  }
  if (likelihood(logits, labels, classes, smallest).slope <= 0) {
    return fallBack(`the best temperature lies below ${smallest.toPrecision(2)}`);
  }

  let low = Math.log(smallest);
  let high = Math.log(largest);
  let position = Math.log(contrast);
  for (let step = 0; step < MOST_STEPS && high - low > TOLERANCE; step++) {
    const inverse = Math.exp(-position);
    const { slope, curvature } = likelihood(logits, labels, classes, 1 / inverse);
    // A positive slope in 1/T calls for a smaller 1/T, that is, a larger T.
    if (slope > 0) low = position;
    else high = position;
    const bend = inverse * slope + inverse * inverse * curvature;
    const newton = position + (inverse * slope) / bend;
    const next = bend > 0 && newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - position);
    position = next;
    if (moved < TOLERANCE) break;
  }
  const temperature = Math.exp(position);
  const { nll } = likelihood(logits, labels, classes, temperature);
  return { temperature, converged: true, reason: null, nllBefore: atOne.nll, nllAfter: nll };
}

/**
 * One temperature per exit, the final one included, for an `ExitPolicy`; 1 where no fit converged (`fitTemperature` on
 * the exit's logits says why).
 *
 * @throws ArgumentError without labels; DataError without samples or for logits that are not finite.
 */
export function fitTemperatures(cached: CachedLogits): number[] {
  checkLabelled(cached, 'fitTemperatures');
  const { exits, labels, classes } = cached;
  return exits.map((logits) => fitTemperature(logits, labels, classes).temperature);
}

/** Mean negative log-likelihood, and its first and second derivative in 1/T. */
function likelihood(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  temperature: number,
): { nll: number; slope: number; curvature: number } {
  let nll = 0;
  let slope = 0;
  let curvature = 0;
  for (let row = 0; row < labels.length; row++) {
    const offset = row * classes;
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, logits[offset + c]!);
    let sum = 0;
    let first = 0;
    let second = 0;
    for (let c = 0; c < classes; c++) {
      const value = logits[offset + c]! - largest;
      const weight = Math.exp(value / temperature);
      sum += weight;
      first += weight * value;
      second += weight * value * value;
    }
    const mean = first / sum;
    const own = logits[offset + labels[row]!]! - largest;
    nll += Math.log(sum) - own / temperature;
    slope += mean - own;
    curvature += second / sum - mean * mean;
  }
  const n = Math.max(1, labels.length);
  return { nll: nll / n, slope: slope / n, curvature: curvature / n };
}
