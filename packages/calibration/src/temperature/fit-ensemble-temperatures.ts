import { type CachedLogits, logSoftmax } from '@earlyexit/exit-criteria';
import { checkLabelled } from '../checks';
import { fitTemperature, fitTemperatures } from './fit-temperature';
import { logitContrast } from './logit-contrast';

// Golden-section steps: each leaves 0.618 of the bracket, all of them a billionth.
const STEPS = 45;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
// The bracket reaches from the exit's own temperature by this factor either way.
const FACTOR = 100;

/**
 * Temperatures for `ensemble`, one per exit: there it is not the exit's own softmax that should fit the labels but the
 * normalised geometric mean of all exits so far, softmax((1/n) Σ_k ln softmax(z_k / T_k)). Exit by exit, with the
 * earlier temperatures fixed, T_n minimises that mean's negative log-likelihood, which is convex in 1/T_n, by
 * golden-section search in ln T. The final exit answers for itself and gets its own temperature.
 *
 * @throws ArgumentError without labels; DataError without samples or for logits that are not finite.
 */
export function fitEnsembleTemperatures(cached: CachedLogits): number[] {
  checkLabelled(cached, 'fitEnsembleTemperatures');
  const { exits, labels, classes } = cached;
  const final = exits.length - 1;
  const own = fitTemperatures(cached);
  let before = new Float64Array(labels.length * classes);
  return exits.map((logits, exit) => {
    if (exit === final) return own[exit]!;
    const n = exit + 1;
    let temperature = own[exit]!;
    if (exit > 0) {
      const centre = fitTemperature(logits, labels, classes).converged
        ? temperature
        : logitContrast(logits, classes) || 1;
      const nllAt = (logT: number): number => jointNll(before, logits, labels, classes, n, Math.exp(logT));
      temperature = Math.exp(minimizeBetween(nllAt, Math.log(centre / FACTOR), Math.log(centre * FACTOR)));
    }
    const current = logSoftmax(logits, classes, temperature);
    before = before.map((sum, i) => sum + current[i]!);
    return temperature;
  });
}

/** Mean negative log-likelihood of the mean of `n` log-probabilities, of which this exit's is the last. */
function jointNll(
  before: Float64Array,
  logits: Float32Array,
  labels: Int32Array,
  classes: number,
  n: number,
  temperature: number,
): number {
  // A softmax ignores what is added to a row, so the exit's own normaliser is not needed.
  const joint = before.map((sum, i) => (sum + logits[i]! / temperature) / n);
  const logP = logSoftmax(joint, classes);
  let total = 0;
  labels.forEach((label, row) => (total -= logP[row * classes + label]!));
  return total / labels.length;
}

function minimizeBetween(evaluate: (x: number) => number, from: number, until: number): number {
  let [low, high] = [from, until];
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let [atLeft, atRight] = [evaluate(left), evaluate(right)];
  for (let step = 0; step < STEPS; step++) {
    if (atLeft < atRight) {
      high = right;
      [right, atRight] = [left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = evaluate(left);
    } else {
      low = left;
      [left, atLeft] = [right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = evaluate(right);
    }
  }
  return (low + high) / 2;
}
