import type { ParameterVector } from '../weights/parameter-vector';
import { tf } from '../tf';
import type { BatchGradient } from '../step/training-step';
import type { BatchPart } from './divide-batch';
import type { SharedResult } from './shared-step';

/**
 * The batch's gradient, losses and moving statistics from those of its parts: means weighted by the parts' samples.
 *
 * The parts are added in their order, whichever was done first: the same parts give the same bits. The main thread's
 * part is `own`, and its moving statistics are those in the network, where the means go.
 */
export function averageResults(
  own: BatchGradient,
  others: readonly SharedResult[],
  parts: readonly BatchPart[],
  moving: ParameterVector,
): BatchGradient {
  const rows = parts.at(-1)!.end;
  const shares = parts.map(({ start, end }) => (end - start) / rows);
  const results = others.slice(0, parts.length - 1);
  const [ownShare = 1, ...otherShares] = shares;
  const movingOfOwn = new Float32Array(moving.size);
  moving.copyTo(movingOfOwn);
  const mean = (first: Float32Array, rest: readonly Float32Array[]): Float32Array =>
    first.map((value, at) =>
      rest.reduce((sum, values, other) => sum + values[at]! * otherShares[other]!, value * ownShare),
    );
  moving.copyFrom(
    mean(
      movingOfOwn,
      results.map((result) => result.moving),
    ),
  );
  const right = own.statistics.right.map((value, exit) =>
    results.reduce((sum, result) => sum + result.right[exit]!, value),
  );
  return {
    statistics: {
      rows,
      losses: mean(
        own.statistics.losses,
        results.map((result) => result.losses),
      ),
      right,
      confidence:
        own.statistics.confidence === null
          ? null
          : results.reduce(
              (sum, { confidence }, other) => sum + confidence[0]! * otherShares[other]!,
              own.statistics.confidence * ownShare,
            ),
    },
    gradient: tf.tidy(() =>
      results.reduce<tf.Tensor1D>(
        (sum, { gradient }, other) => tf.add(sum, tf.mul(tf.tensor1d(gradient), otherShares[other]!)),
        tf.mul(own.gradient, ownShare),
      ),
    ),
  };
}
