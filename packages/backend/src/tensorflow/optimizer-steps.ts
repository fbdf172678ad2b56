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
  tf.registerKernel({
    kernelName: 'AdamStep',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { gradient, first, second, decayed = gradient } = inputs as unknown as AdamStepInputs;
      const settings = adamSettings(attrs as unknown as AdamStepAttributes);
      return run(backend as NodeBackend, 'EarlyexitAdam', [gradient, first, second, decayed], settings, 3);
    },
  });
  tf.registerKernel({
    kernelName: 'MomentumStep',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { gradient, velocity, decayed = gradient } = inputs as unknown as MomentumStepInputs;
      const settings = momentumSettings(attrs as unknown as MomentumStepAttributes);
      return run(backend as NodeBackend, 'EarlyexitMomentum', [gradient, velocity, decayed], settings, 2);
    },
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
