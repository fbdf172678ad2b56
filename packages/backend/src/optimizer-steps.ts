import type { tf } from './tf';

/** Attributes of both kernels: what happens to `decay = weightDecay · decayed`. */
interface DecayAttributes {
  readonly weightDecay: number;
  /** The share of the decay that goes into the gradient: 1 or 0. */
  readonly coupled: number;
  /** The share that goes into the update beside the gradient. */
  readonly apart: number;
}

/**
 * Inputs of the kernel `AdamStep`, vectors of one length: the gradient, the moments, and what decays (the parameters),
 * if anything does. The kernel returns what is to be added to the parameters, and the next moments:
 *
 *     pull = gradient + coupled · decay
 *     nextFirst = beta1 · first + (1 − beta1) · pull
 *     nextSecond = beta2 · second + (1 − beta2) · pull²
 *     update = scale · (nextFirst / (root · √nextSecond + epsilon)) + apart · decay
 *
 * Moments below the smallest normal number become 0.
 */
export interface AdamStepInputs {
  readonly gradient: tf.TensorInfo;
  readonly first: tf.TensorInfo;
  readonly second: tf.TensorInfo;
  readonly decayed?: tf.TensorInfo;
}

/** Attributes of the kernel `AdamStep`; the corrections of the moments' bias are in `scale` and `root`. */
export interface AdamStepAttributes extends DecayAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly scale: number;
  readonly root: number;
}

/** The attributes as the engines' loops take them. */
export function adamSettings(attributes: AdamStepAttributes): number[] {
  const { beta1, beta2, epsilon, scale, root, weightDecay, coupled, apart } = attributes;
  return [beta1, 1 - beta1, beta2, 1 - beta2, root, epsilon, scale, weightDecay, coupled, apart];
}

/**
 * Inputs of the kernel `MomentumStep`, vectors of one length. The kernel returns what is to be added to the parameters,
 * and the next velocity:
 *
 *     pull = gradient + coupled · decay
 *     nextVelocity = momentum · velocity + pull
 *     update = scale · (pullShare · pull + velocityShare · nextVelocity + apart · decay)
 *
 * Velocities below the smallest normal number become 0.
 */
export interface MomentumStepInputs {
  readonly gradient: tf.TensorInfo;
  readonly velocity: tf.TensorInfo;
  readonly decayed?: tf.TensorInfo;
}

/** Attributes of the kernel `MomentumStep`. */
export interface MomentumStepAttributes extends DecayAttributes {
  readonly momentum: number;
  readonly pullShare: number;
  readonly velocityShare: number;
  readonly scale: number;
}

/** The attributes as the engines' loops take them. */
export function momentumSettings(attributes: MomentumStepAttributes): number[] {
  const { momentum, pullShare, velocityShare, scale, weightDecay, coupled, apart } = attributes;
  return [momentum, pullShare, velocityShare, scale, weightDecay, coupled, apart];
}
