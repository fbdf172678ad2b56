import { checkFinite, checkRows } from '../checks';
import { minimize } from './minimize';

/** A scale and an offset for every class. */
export interface VectorScaling {
  /** `[classes]`, each logit is multiplied by its class's scale, then its offset is added. */
  readonly scales: Float64Array;
  readonly offsets: Float64Array;
  readonly converged: boolean;
  /** Mean negative log-likelihood in nats, before and after. */
  readonly nllBefore: number;
  readonly nllAfter: number;
}

// Pulls towards changing nothing, too weakly to matter where samples speak: without it a class that no sample has
// would get an offset of minus infinity, and samples that are all right an infinite scale.
const PENALTY = 1e-4;

/**
 * Vector scaling (Guo et al., arXiv 1706.04599): the scale and offset per class that fit the labels best, by L-BFGS
 * on the mean negative log-likelihood with a slight pull towards 1 and 0. Unlike a temperature it can change which
 * class comes first. Fit it on many samples a class.
 *
 * @param logits `[samples, classes]`, row-major, finite.
 * @param labels `[samples]`.
 * @throws ArgumentError if the lengths do not fit; DataError for logits that are not finite.
 */
export function fitVectorScaling(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
): VectorScaling {
  checkRows(logits, labels, classes, 'fitVectorScaling');
  checkFinite(logits, classes, 'fitVectorScaling');
  const start = new Float64Array(2 * classes).fill(1, 0, classes);
  const { point, converged } = minimize(
    (parameters, gradient) => penalizedNll(logits, labels, classes, parameters, gradient),
    start,
  );
  const nllOf = (parameters: Float64Array): number =>
    nll(logits, labels, classes, parameters, new Float64Array(2 * classes));
  return {
    scales: point.slice(0, classes),
    offsets: point.slice(classes),
    converged,
    nllBefore: nllOf(start),
    nllAfter: nllOf(point),
  };
}

/** Logits scaled and offset class by class, `[samples, classes]`; ready to take the place of the cached ones. */
export function applyVectorScaling(
  logits: Float32Array | Float64Array,
  { scales, offsets }: Pick<VectorScaling, 'scales' | 'offsets'>,
): Float32Array {
  const classes = scales.length;
  return Float32Array.from(logits, (value, i) => value * scales[i % classes]! + offsets[i % classes]!);
}

function penalizedNll(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  parameters: Float64Array,
  gradient: Float64Array,
): number {
  let value = nll(logits, labels, classes, parameters, gradient);
  parameters.forEach((parameter, i) => {
    const distance = parameter - (i < classes ? 1 : 0);
    value += (PENALTY / 2) * distance ** 2;
    gradient[i]! += PENALTY * distance;
  });
  return value;
}

/** Mean negative log-likelihood; its gradient, scales first, is written to `gradient`. */
function nll(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  parameters: Float64Array,
  gradient: Float64Array,
): number {
  gradient.fill(0);
  const scaled = new Float64Array(classes);
  let total = 0;
  labels.forEach((label, row) => {
    const offset = row * classes;
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) {
      scaled[c] = logits[offset + c]! * parameters[c]! + parameters[classes + c]!;
      largest = Math.max(largest, scaled[c]!);
    }
    const own = scaled[label]! - largest;
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      scaled[c] = Math.exp(scaled[c]! - largest);
      sum += scaled[c]!;
    }
    total += Math.log(sum) - own;
    for (let c = 0; c < classes; c++) {
      const error = scaled[c]! / sum - (c === label ? 1 : 0);
      gradient[c]! += error * logits[offset + c]!;
      gradient[classes + c]! += error;
    }
  });
  for (let i = 0; i < gradient.length; i++) gradient[i]! /= labels.length;
  return total / labels.length;
}
