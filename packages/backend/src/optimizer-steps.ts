import type { tf } from './tf';

/**
 * Inputs of the kernel `AdamStep`, vectors of one length: the gradient, the moments, and what decays (the parameters), if
 * anything does. It gives what is to be added to the parameters, and the next moments:
 *
 *     pull = gradient + coupledDecay · decayed
 *     nextFirst = beta1 · first + (1 − beta1) · pull
 *     nextSecond = beta2 · second + (1 − beta2) · pull²
 *     update = scale · nextFirst / (root · √nextSecond + epsilon) + apartDecay · decayed
 */
export interface AdamStepInputs {
  readonly gradient: tf.TensorInfo;
  readonly first: tf.TensorInfo;
  readonly second: tf.TensorInfo;
  readonly decayed?: tf.TensorInfo;
}

/** Attributes of the kernel `AdamStep`; the corrections of the moments' bias are in `scale` and `root`. */
export interface AdamStepAttributes {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly scale: number;
  readonly root: number;
  readonly coupledDecay: number;
  readonly apartDecay: number;
}

/** The attributes as the engines' loops take them. */
export function adamSettings(attributes: AdamStepAttributes): number[] {
  const { beta1, beta2, epsilon, scale, root, coupledDecay, apartDecay } = attributes;
  return [beta1, 1 - beta1, beta2, 1 - beta2, root, epsilon, scale, coupledDecay, apartDecay];
}

/**
 * Inputs of the kernel `MomentumStep`, vectors of one length. It gives what is to be added to the parameters, and the next
 * velocity:
 *
 *     pull = gradient + coupledDecay · decayed
 *     nextVelocity = momentum · velocity + pull
 *     update = pullScale · pull + velocityScale · nextVelocity + apartDecay · decayed
 */
export interface MomentumStepInputs {
  readonly gradient: tf.TensorInfo;
  readonly velocity: tf.TensorInfo;
  readonly decayed?: tf.TensorInfo;
}

/** Attributes of the kernel `MomentumStep`. */
export interface MomentumStepAttributes {
  readonly momentum: number;
  readonly pullScale: number;
  readonly velocityScale: number;
  readonly coupledDecay: number;
  readonly apartDecay: number;
}

/** The attributes as the engines' loops take them. */
export function momentumSettings(attributes: MomentumStepAttributes): number[] {
  const { momentum, pullScale, velocityScale, coupledDecay, apartDecay } = attributes;
  return [momentum, pullScale, velocityScale, coupledDecay, apartDecay];
}
