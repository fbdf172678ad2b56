import type { HeadWeights } from './head-weights';

/** Features with mean 0 and deviation 1, and what they were before. */
export interface ScaledFeatures {
  readonly values: Float32Array;
  /** One a feature. */
  readonly means: Float32Array;
  readonly deviations: Float32Array;
}

/** Scales each feature to mean 0 and deviation 1; one that never changes says nothing, and becomes 0. */
export function scaleFeatures(features: Float32Array, samples: number): ScaledFeatures {
  const inputs = features.length / samples;
  const [sums, squares] = [new Float64Array(inputs), new Float64Array(inputs)];
  for (let start = 0; start < features.length; start += inputs) {
    for (let input = 0; input < inputs; input++) sums[input] = sums[input]! + features[start + input]!;
  }
  const means = Float32Array.from(sums, (sum) => sum / samples);
  for (let start = 0; start < features.length; start += inputs) {
    for (let input = 0; input < inputs; input++) {
      squares[input] = squares[input]! + (features[start + input]! - means[input]!) ** 2;
    }
  }
  const deviations = Float32Array.from(squares, (square) => Math.sqrt(square / samples) || 1);
  const values = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += inputs) {
    for (let input = 0; input < inputs; input++) {
      values[start + input] = (features[start + input]! - means[input]!) / deviations[input]!;
    }
  }
  return { values, means, deviations };
}

/** The head for features as they were: the scaling is folded into its first layer. */
export function unscaled(
  head: HeadWeights,
  { means, deviations }: Omit<ScaledFeatures, 'values'>,
): HeadWeights {
  const isLinear = head.hidden === 0;
  const [weights, bias] = isLinear ? [head.last, head.lastBias] : [head.first, head.firstBias];
  const columns = bias.length;
  const folded = weights.map((value, i) => value / deviations[Math.floor(i / columns)]!);
  const shift = bias.map((value, column) => {
    let sum = value;
    for (let row = 0; row < head.inputs; row++) sum -= means[row]! * folded[row * columns + column]!;
    return sum;
  });
  return isLinear ? { ...head, last: folded, lastBias: shift } : { ...head, first: folded, firstBias: shift };
}
