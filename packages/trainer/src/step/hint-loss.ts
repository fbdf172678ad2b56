import { classifierFeatures, type LayerGraph } from '@earlyexit/profiler';
import { tf } from '../tf';

/** Which features learn from which, as plain data. */
export interface Hints {
  /** Of the squared distance, beside the loss weight of the exit. */
  readonly weight: number;
  /** What the classifiers of the exits read: tensor ids and positions among the exits computed; the final exit's last. */
  readonly features: readonly { readonly id: string; readonly exit: number }[];
}

/** The hints of the exits whose features are as many as the final one's; null if there are none. */
export function findHints(graph: LayerGraph, computed: readonly number[], weight: number): Hints | null {
  const teacher = classifierFeatures(graph, graph.outputs[computed.at(-1)!]!);
  if (teacher === null) return null;
  const students = computed.slice(0, -1).flatMap((exit, position) => {
    const own = classifierFeatures(graph, graph.outputs[exit]!);
    return own?.size === teacher.size ? [{ id: own.tensorId, exit: position }] : [];
  });
  if (students.length === 0) return null;
  return { weight, features: [...students, { id: teacher.tensorId, exit: computed.length - 1 }] };
}

/**
 * Σₖ wₖ · weight · ‖Fₖ − F‖² over the early exits k, the batch mean of the squared distance between an exit's features and
 * the final exit's F (Zhang et al., "Be Your Own Teacher", ICCV 2019). F gets no gradient.
 *
 * @param features `[batch, size]` in the order of `hints.features`
 * @param exitWeights the loss weights w of the exits that are computed
 */
export function hintLoss(
  features: readonly tf.Tensor[],
  exitWeights: readonly number[],
  { weight, features: places }: Hints,
): tf.Scalar {
  const teacher = features.at(-1)!;
  const batch = teacher.shape[0];
  const distances = features.slice(0, -1).map((student, index) => {
    const factor = (weight * exitWeights[places[index]!.exit]!) / batch;
    return tf.customGrad((...inputs) => {
      const [own, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
      const difference = tf.sub(own, teacher);
      save([tf.mul(difference, 2 * factor)]);
      return {
        value: tf.mul(tf.sum(tf.square(difference)), factor),
        gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0] as tf.Tensor, upstream),
      };
    })(student) as tf.Scalar;
  });
  return tf.addN(distances);
}
