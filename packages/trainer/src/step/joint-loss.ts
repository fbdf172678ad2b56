import type { TrainingObjective } from '../regimes/training-objective';
import { tf } from '../tf';

/** What the early exits learn from the final one (Hinton et al. 2015; Phuong & Lampert 2019). */
export interface Distillation {
  /** Share of the early exits' loss that comes from the final exit's answers; the rest comes from the labels. */
  readonly share: number;
  /** Softens both distributions; the gradient is scaled by its square to stay comparable. The first one, if it anneals. */
  readonly temperature: number;
  /** How the temperature rises while the final exit becomes surer; it stays as it is unless given. */
  readonly annealing?: TemperatureAnnealing | null;
  /**
   * Weight of the squared distance between an exit's features and the final one's (`hintLoss`); 0 unless given. It is not
   * part of the losses that are reported.
   */
  readonly hint?: number;
}

/** The rule of Phuong & Lampert (2019): the teacher's softened answers are to stay unsure. */
export interface TemperatureAnnealing {
  /** The temperature is multiplied by this after each step in which the final exit was surer than allowed. */
  readonly factor: number;
  /** Allowed mean of the highest softened probability of the final exit. */
  readonly highestConfidence: number;
}

/** The targets of a batch, already on the engine. */
export interface LossTargets {
  /** Target distribution of each sample, smoothing included: `[1, batch, classes]`. */
  readonly distribution: tf.Tensor3D;
  /** True class, once for each exit: `[exits, batch]`, int32. */
  readonly labels: tf.Tensor2D;
}

/** The loss, and what a step reports. */
export interface JointLoss {
  /** Σ weight × loss of an exit. */
  readonly loss: tf.Scalar;
  /**
   * Kept, to be disposed of by the caller: `[2 × exits]`, mean loss of each exit, then how many it got right; with a
   * distillation one number more, the mean of the highest softened probability of the final exit.
   */
  readonly statistics: tf.Tensor1D;
}

/**
 * L = Σₖ wₖ·CEₖ over all exits at once, each the batch mean of −Σ y·log softmax(z).
 *
 * All exits go through the same few kernels as one tensor `[exits, batch, classes]`, and the gradient is the closed form
 * wₖ·(softmax(z) − y)/batch: both matter on engines where starting a kernel costs more than a small tensor's work. The
 * maximum is subtracted first, so no logits overflow. With distillation, an early exit's loss is
 * (1 − share)·CE + share·T²·KL(final ∥ exit), both softened by T, and the final exit gets no gradient from it.
 *
 * With the objective `squared-error` an exit's loss is the batch mean of ½ Σ (z − y)², the rule of least mean squares.
 *
 * @param logits `[batch, classes]` for each exit, the final exit last if there is a distillation
 * @param weights one for each exit: `[exits, 1, 1]`
 */
export function jointLoss(
  logits: readonly tf.Tensor2D[],
  targets: LossTargets,
  weights: tf.Tensor3D,
  distillation: Distillation | null = null,
  objective: TrainingObjective = 'cross-entropy',
): JointLoss {
  let statistics: tf.Tensor1D | undefined;
  const exits = logits.length;
  const loss = tf.customGrad((...inputs) => {
    const [stacked, save] = inputs as unknown as [tf.Tensor3D, tf.GradSaveFunc];
    const [, batch] = stacked.shape;
    let gradient: tf.Tensor;
    let losses: tf.Tensor;
    const more: tf.Tensor1D[] = [];
    if (objective === 'squared-error') {
      gradient = tf.sub(stacked, targets.distribution);
      losses = tf.div(tf.sum(tf.square(gradient), [1, 2]), 2 * batch);
    } else {
      const logProbabilities = logSoftmax(stacked);
      gradient = tf.sub(tf.exp(logProbabilities), targets.distribution);
      losses = tf.div(tf.neg(tf.sum(tf.mul(logProbabilities, targets.distribution), [1, 2])), batch);
    }
    if (distillation !== null && exits > 1) {
      const { share, temperature } = distillation;
      // The final exit takes all of its loss from the labels.
      const shares = tf.tensor3d(
        Array.from({ length: exits }, (_, exit) => (exit < exits - 1 ? share : 0)),
        [exits, 1, 1],
      );
      const soft = logSoftmax(tf.div(stacked, temperature));
      const teacherLog = tf.slice(soft, [exits - 1, 0, 0], [1, -1, -1]);
      const teacher = tf.exp(teacherLog);
      more.push(tf.reshape(tf.mean(tf.max(teacher, 2)), [1]));
      const divergence = tf.div(
        tf.sum(tf.mul(tf.sub(teacherLog, soft), teacher), [1, 2]),
        batch / temperature ** 2,
      );
      const flatShares = tf.reshape(shares, [exits]);
      losses = tf.add(tf.mul(losses, tf.sub(1, flatShares)), tf.mul(divergence, flatShares));
      gradient = tf.add(
        tf.mul(gradient, tf.sub(1, shares)),
        tf.mul(tf.sub(tf.exp(soft), teacher), tf.mul(shares, temperature)),
      );
    }
    const right = tf.sum(tf.cast(tf.equal(tf.argMax(stacked, 2), targets.labels), 'float32'), 1);
    statistics = tf.keep(tf.concat1d([losses as tf.Tensor1D, right as tf.Tensor1D, ...more]));
    save([tf.mul(gradient, tf.div(weights, batch))]);
    return {
      value: tf.sum(tf.mul(losses, tf.reshape(weights, [exits]))),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0] as tf.Tensor, upstream),
    };
  })(tf.stack([...logits])) as tf.Scalar;
  return { loss, statistics: statistics as tf.Tensor1D };
}

/** z − log Σ exp z over the last axis. */
function logSoftmax(logits: tf.Tensor): tf.Tensor {
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), -1, true)));
}
