import { ArgumentError } from '@earlyexit/core';
import type { Invocation } from '../../command';
import { flagOf } from '../../options/declare-option';
import { bench as declaration } from './options';

/** What does not bear on training, and on inference. */
const others = {
  training: [
    ...(['shares', 'criterion', 'images', 'static', 'dtype', 'seed'] as const),
    ...(['dataset', 'dataDir', 'skipBroken', 'download'] as const),
  ],
  inference: ['workers'],
} as const;

/** `earlyexit bench`: what early exits bring in wall time, or what a training step costs. */
export async function run(invocation: Invocation<typeof declaration>): Promise<undefined> {
  const { given, options } = invocation;
  const timed = options.training ? 'training' : 'inference';
  const other = others[timed].find((key) => given[key] !== undefined);
  if (other !== undefined) {
    throw new ArgumentError({
      where: flagOf(other, declaration.options[other]),
      rule: `it belongs to the timing of ${options.training ? 'inference' : 'training'}`,
      received: `it ${options.training ? 'beside' : 'without'} --training`,
      remedy: options.training ? 'Leave one of them out' : 'Leave it out, or add --training',
    });
  }
  if (options.training) {
    const { benchTraining } = await import('./training');
    return benchTraining(invocation);
  }
  const { benchInference } = await import('./inference');
  return benchInference(invocation);
}
