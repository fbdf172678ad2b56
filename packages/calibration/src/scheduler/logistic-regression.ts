import { minimize } from '../temperature/minimize';

// Keeps the weights finite if a feature separates right from wrong perfectly.
const PENALTY = 1e-4;

/**
 * Fits P(target = 1) = 1 / (1 + exp(−(w · features + b))) by L-BFGS on the mean cross-entropy, with a slight pull of
 * the weights towards 0.
 *
 * @param features `[samples, width]`, row-major.
 * @param targets `[samples]`, 0 or 1.
 * @returns `[width + 1]`, the weights and then the bias.
 */
export function fitLogisticRegression(
  features: Float64Array,
  width: number,
  targets: Uint8Array,
): Float64Array {
  return minimize(
    (weights, gradient) => {
      gradient.fill(0);
      let loss = 0;
      targets.forEach((target, row) => {
        const z = logit(features, width, weights, row);
        // −ln of the target's probability, written so that no exponential overflows.
        loss += Math.max(z, 0) - target * z + Math.log1p(Math.exp(-Math.abs(z)));
        const error = 1 / (1 + Math.exp(-z)) - target;
        for (let i = 0; i < width; i++) gradient[i]! += error * features[row * width + i]!;
        gradient[width]! += error;
      });
      loss /= targets.length;
      for (let i = 0; i <= width; i++) {
        gradient[i]! /= targets.length;
        if (i === width) continue;
        loss += (PENALTY / 2) * weights[i]! ** 2;
        gradient[i]! += PENALTY * weights[i]!;
      }
      return loss;
    },
    new Float64Array(width + 1),
  ).point;
}

/** The fitted probabilities, `[samples]`. */
export function applyLogisticRegression(
  features: Float64Array,
  width: number,
  weights: ArrayLike<number>,
): Float64Array {
  const samples = features.length / width;
  return Float64Array.from(
    { length: samples },
    (_, row) => 1 / (1 + Math.exp(-logit(features, width, weights, row))),
  );
}

function logit(features: Float64Array, width: number, weights: ArrayLike<number>, row: number): number {
  let z = weights[width]!;
  for (let i = 0; i < width; i++) z += weights[i]! * features[row * width + i]!;
  return z;
}
