import { tf } from '../tf';
import { type Attribute, attribute, type NodeBackend } from './node-backend';

interface Attributes {
  readonly epsilon: number;
  /** How far the moving statistics move towards those of the batch; forward only. */
  readonly rate: number;
  readonly relu: boolean;
  /** Whether there is an addend. */
  readonly add: boolean;
}

/** Registers the operations of `native/normalization.cc` as kernels. */
export function registerFusedNormalization(): void {
  register('FusedBatchNormTraining', (node, inputs, attributes) => {
    const { x, gamma, beta, movingMean, movingVariance, addend } = inputs as Record<
      'x' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance',
      tf.TensorInfo
    > & { addend?: tf.TensorInfo };
    // The operation takes all inputs; the addend is ignored unless it is added.
    const all = [x, gamma, beta, addend ?? beta, movingMean, movingVariance];
    const rate = attribute(node, 'rate', 'FLOAT', attributes.rate);
    return node.executeMultipleOutputs(
      'EarlyexitNormalize',
      [rate, ...attributesOf(node, attributes)],
      all,
      5,
    );
  });
  register('FusedBatchNormTrainingGrad', (node, inputs, attributes) => {
    const { dy, y, x, gamma, beta, mean, variance } = inputs as Record<
      'dy' | 'y' | 'x' | 'gamma' | 'beta' | 'mean' | 'variance',
      tf.TensorInfo
    >;
    return node.executeMultipleOutputs(
      'EarlyexitNormalizeGrad',
      attributesOf(node, attributes),
      [dy, y, x, gamma, beta, mean, variance],
      4,
    );
  });
}

function register(
  kernelName: string,
  compute: (node: NodeBackend, inputs: tf.NamedTensorInfoMap, attributes: Attributes) => tf.Tensor[],
): void {
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) =>
      compute(backend as NodeBackend, inputs, attrs as unknown as Attributes),
  });
}

function attributesOf(node: NodeBackend, { epsilon, relu, add }: Attributes): Attribute[] {
  return [
    attribute(node, 'epsilon', 'FLOAT', epsilon),
    attribute(node, 'relu', 'BOOL', relu),
    attribute(node, 'add', 'BOOL', add),
  ];
}
