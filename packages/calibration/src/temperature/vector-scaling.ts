import { checkFinite, checkRows } from '../checks';
import { fitTemperature } from './fit-temperature';
import { logitContrast } from './logit-contrast';
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

// Pulls towards the plain temperature, too weakly to matter where there are samples: without it a class without samples
// would get an offset of minus infinity, and samples that are all right an infinite scale.
const PENALTY = 1e-4;
// In the coordinates of the search the curvature is about 1, so this leaves the negative log-likelihood 1e-10 nats from
// its minimum.
const TOLERANCE = 1e-5;

/**
 * Vector scaling (Guo et al., arXiv 1706.04599): softmax(s_c · z_c + b_c) with the scale s and offset b per class that
 * fit the labels best. Minimises
 *
 * −mean ln p(true class) + λ/2 · Σ ((T · s_c − 1)² + b_c²), λ = 10⁻⁴
 *
 * by L-BFGS, where T is the temperature that fits the labels best (`fitTemperature`). The pull is towards 1 / T and 0,
 * so the unit of the logits does not matter: logits twice as large get scales half as large. If no temperature fits, T
 * is the spread of the logits. Unlike a temperature, vector scaling can change which class comes first. Fit it on many
 * samples per class.
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
  const fitted = fitTemperature(logits, labels, classes);
  const unit = (fitted.converged ? fitted.temperature : logitContrast(logits, classes)) || 1;
  const own = new Float64Array(2 * classes);
  // The point (T · s, b).
  const start = new Float64Array(2 * classes).fill(1, 0, classes);
  const { curvature } = likelihood(logits, labels, classes, scaled(start, unit), own, true);
  const stretch = stretchOf(curvature, unit);
  const { point, converged } = minimize(
    (stretched, gradient) => {
      const parameters = stretch.undo(stretched);
      let { nll } = likelihood(logits, labels, classes, scaled(parameters, unit), own, false);
      parameters.forEach((parameter, i) => {
        const distance = parameter - start[i]!;
        nll += (PENALTY / 2) * distance ** 2;
        own[i] = (i < classes ? own[i]! / unit : own[i]!) + PENALTY * distance;
      });
      gradient.set(stretch.gradient(own));
      return nll;
    },
    stretch.apply(start),
    { tolerance: TOLERANCE },
  );
  const found = scaled(stretch.undo(point), unit);
  const unchanged = new Float64Array(2 * classes).fill(1, 0, classes);
  return {
    scales: found.slice(0, classes),
    offsets: found.slice(classes),
    converged,
    nllBefore: likelihood(logits, labels, classes, unchanged, own, false).nll,
    nllAfter: likelihood(logits, labels, classes, found, own, false).nll,
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

/** Scales in the unit of the logits, from scales in units of 1 / `unit`; offsets stay. */
function scaled(parameters: Float64Array, unit: number): Float64Array {
  return parameters.map((value, i) => (i < parameters.length / 2 ? value / unit : value));
}

/** Coordinates u = Lᵀx, with L Lᵀ the curvature of each class's scale and offset, in which curvature is about 1. */
interface Stretch {
  apply(point: Float64Array): Float64Array;
  undo(stretched: Float64Array): Float64Array;
  gradient(gradient: Float64Array): Float64Array;
}

/** A scale and its offset act on the same logits, so the two of each class are decorrelated together (Cholesky). */
function stretchOf({ scales, offsets, mixed }: Curvature, unit: number): Stretch {
  const classes = scales.length;
  const first = scales.map((bend) => Math.sqrt(bend / unit ** 2 + PENALTY));
  const cross = mixed.map((bend, c) => bend / unit / first[c]!);
  // Never below the penalty, which rounding could cancel.
  const second = offsets.map((bend, c) => Math.sqrt(Math.max(PENALTY, bend + PENALTY - cross[c]! ** 2)));
  const each = (make: (c: number) => [number, number]): Float64Array => {
    const values = new Float64Array(2 * classes);
    for (let c = 0; c < classes; c++) [values[c], values[classes + c]] = make(c);
    return values;
  };
  return {
    apply: (point) =>
      each((c) => [
        first[c]! * point[c]! + cross[c]! * point[classes + c]!,
        second[c]! * point[classes + c]!,
      ]),
    undo: (stretched) =>
      each((c) => {
        const offset = stretched[classes + c]! / second[c]!;
        return [(stretched[c]! - cross[c]! * offset) / first[c]!, offset];
      }),
    gradient: (gradient) =>
      each((c) => {
        const along = gradient[c]! / first[c]!;
        return [along, (gradient[classes + c]! - cross[c]! * along) / second[c]!];
      }),
  };
}

/** `[classes]` each: mean p(1 − p)z², p(1 − p) and p(1 − p)z, the second derivatives within a class. */
interface Curvature {
  readonly scales: Float64Array;
  readonly offsets: Float64Array;
  readonly mixed: Float64Array;
}

/**
 * Mean negative log-likelihood; its gradient, scales first, is written to `gradient`. `curvature` holds zeros unless
 * requested.
 */
function likelihood(
  logits: Float32Array | Float64Array,
  labels: Int32Array,
  classes: number,
  parameters: Float64Array,
  gradient: Float64Array,
  wantsCurvature: boolean,
): { nll: number; curvature: Curvature } {
  const samples = labels.length;
  const size = wantsCurvature ? classes : 0;
  const [scales, offsets, mixed] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const weights = new Float64Array(classes);
  gradient.fill(0);
  let total = 0;
  for (let row = 0; row < samples; row++) {
    const offset = row * classes;
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) {
      const value = logits[offset + c]! * parameters[c]! + parameters[classes + c]!;
      weights[c] = value;
      if (value > largest) largest = value;
    }
    const label = labels[row]!;
    const own = weights[label]! - largest;
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const weight = Math.exp(weights[c]! - largest);
      weights[c] = weight;
      sum += weight;
    }
    total += Math.log(sum) - own;
    const share = 1 / (sum * samples);
    for (let c = 0; c < classes; c++) {
      const error = weights[c]! * share;
      gradient[c]! += error * logits[offset + c]!;
      gradient[classes + c]! += error;
    }
    gradient[label]! -= logits[offset + label]! / samples;
    gradient[classes + label]! -= 1 / samples;
    if (!wantsCurvature) continue;
    for (let c = 0; c < classes; c++) {
      const p = weights[c]! / sum;
      const bend = (p * (1 - p)) / samples;
      scales[c]! += bend * logits[offset + c]! ** 2;
      offsets[c]! += bend;
      mixed[c]! += bend * logits[offset + c]!;
    }
  }
  return { nll: total / samples, curvature: { scales, offsets, mixed } };
}
