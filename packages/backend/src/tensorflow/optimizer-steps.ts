import {
  adamSettings,
  type AdamStepAttributes,
  type AdamStepInputs,
  momentumSettings,
  type MomentumStepAttributes,
  type MomentumStepInputs,
} from '../optimizer-steps';
import { tf } from '../tf';
import type { NodeBackend } from './node-backend';

/** Registers the operations of `native/optimizers.cc` as the kernels `AdamStep` and `MomentumStep`. */
export function registerOptimizerSteps(): void {
  register<AdamStepInputs, AdamStepAttributes>('AdamStep', (node, inputs, attributes) => {
    const { gradient, first, second, decayed = gradient } = inputs;
    return run(node, 'EarlyexitAdam', [gradient, first, second, decayed], adamSettings(attributes), 3);
  });
  register<MomentumStepInputs, MomentumStepAttributes>('MomentumStep', (node, inputs, attributes) => {
    const { gradient, velocity, decayed = gradient } = inputs;
    return run(node, 'EarlyexitMomentum', [gradient, velocity, decayed], momentumSettings(attributes), 2);
  });
}

function register<Inputs, Attributes>(
  kernelName: string,
  compute: (node: NodeBackend, inputs: Inputs, attributes: Attributes) => tf.Tensor[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute(backend as NodeBackend, inputs as Inputs, attrs as Attributes),
  });
}

function run(
  node: NodeBackend,
  operation: string,
  vectors: tf.TensorInfo[],
  settings: number[],
  outputs: number,
): tf.Tensor[] {
  const last = tf.tensor1d(settings);
  const results = node.executeMultipleOutputs(operation, [], [...vectors, last], outputs);
  last.dispose();
  return results;
}
