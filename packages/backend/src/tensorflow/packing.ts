import { tf } from '../tf';
import { attribute, type NodeBackend } from './node-backend';

/**
 * Registers the operations of `native/packing.cc` as the kernels `PackVector` (tensors to one vector) and
 * `UnpackVector` (a vector, and a tensor with the shape of each part, to the parts). Their inputs are lists.
 */
export function registerPacking(): void {
  register('PackVector', (node, parts) =>
    node.executeSingleOutput('EarlyexitPack', [attribute(node, 'N', 'INT', parts.length)], parts),
  );
  register('UnpackVector', (node, inputs) => {
    const count = inputs.length - 1;
    return node.executeMultipleOutputs(
      'EarlyexitUnpack',
      [attribute(node, 'N', 'INT', count)],
      inputs,
      count,
    );
  });
}

function register(
  kernelName: string,
  compute: (node: NodeBackend, inputs: tf.TensorInfo[]) => tf.Tensor | tf.Tensor[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend }) =>
      compute(backend as NodeBackend, Object.values(inputs as Record<string, tf.TensorInfo>)),
  });
}
