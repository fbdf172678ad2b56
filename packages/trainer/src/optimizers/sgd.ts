import { hasKernel, runKernel } from '../step/own-kernels';
import { tf } from '../tf';
import { ArgumentError } from '@earlyexit/core';
import { checkSetting } from './check-setting';
import { emptyOptimizerState, type Optimizer } from './optimizer';
import { decayOf, plusDecay, type WeightDecayOptions } from './weight-decay';

/** Settings of {@link sgd}. */
export interface SgdOptions extends WeightDecayOptions {
  /** 0.9 unless given; 0 is plain gradient descent. */
  readonly momentum?: number;
  /** Looks one momentum step ahead; false unless given. */
  readonly nesterov?: boolean;
  /** Decay apart from the gradient, and so apart from the momentum (Loshchilov & Hutter 2019); false unless given. */
  readonly decoupled?: boolean;
}

/**
 * Stochastic gradient descent with momentum: v ← m·v + g, p ← p − r·v, with g the gradient plus weightDecay·p.
 *
 * With `nesterov`, p ← p − r·(g + m·v). With `decoupled`, weightDecay·p is left out of g and p ← p − r·weightDecay·p
 * is done beside it. The learning rate r multiplies after the momentum, as in PyTorch, so that a falling schedule
 * takes effect at once.
 *
 * @throws ArgumentError for settings that cannot be
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0.9, nesterov = false, decoupled = false } = options;
  checkSetting('sgd momentum', momentum, 0, 1);
  checkSetting('sgd weightDecay', options.weightDecay ?? 0, 0, Infinity);
  if (nesterov && momentum === 0) {
    throw new ArgumentError({
      function: 'sgd',
      argument: 'nesterov',
      rule: 'needs a momentum above 0',
      received: 'momentum 0',
      remedy: 'Give a momentum, or leave nesterov out',
    });
  }
  return {
    name: 'sgd',
    settings: { momentum, nesterov, decoupled, ...weightDecaySettings(options) },
    defaultLearningRate: 0.01,
    init: (parameters) =>
      momentum === 0 ? emptyOptimizerState : { tensors: { velocity: tf.zerosLike(parameters) }, numbers: {} },
    update(gradient, state, context) {
      const decay = decayOf(options, context);
      const before = state.tensors['velocity'];
      const coupled = decoupled ? 0 : 1;
      const apart = decoupled ? 1 : 0;
      const scale = -context.learningRate;
      if (before !== undefined && hasKernel('MomentumStep')) {
        const [pullShare, velocityShare] = nesterov ? [1, momentum] : [0, 1];
        const [update, velocity] = runKernel(
          'MomentumStep',
          { gradient, velocity: before, ...(decay === null ? {} : { decayed: decay.decayed }) },
          { momentum, pullShare, velocityShare, scale, weightDecay: decay?.weightDecay ?? 0, coupled, apart },
        ) as [tf.Tensor1D, tf.Tensor1D];
        return { update, state: { tensors: { velocity }, numbers: {} } };
      }
      const pull = plusDecay(gradient, decay, coupled);
      const velocity = before === undefined ? pull : tf.add<tf.Tensor1D>(tf.mul(before, momentum), pull);
      const direction = nesterov ? tf.add<tf.Tensor1D>(pull, tf.mul(velocity, momentum)) : velocity;
      return {
        update: tf.mul(plusDecay(direction, decay, apart), scale),
        state: before === undefined ? state : { tensors: { velocity }, numbers: {} },
      };
    },
  };
}

function weightDecaySettings(options: WeightDecayOptions): Record<string, unknown> {
  return {
    weightDecay: options.weightDecay ?? 0,
    decayBiasesAndNormalization: options.decayBiasesAndNormalization ?? true,
  };
}
