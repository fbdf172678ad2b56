import { installFusedBatchNormalization } from '../fused-batch-normalization';
import { foldPaddingOn, installFusedConvolution } from '../fused-convolution';
import { registerFusedGradients } from '../fused-gradients';
import { tf } from '../tf';
import { supportExplicitPadding } from './explicit-padding';
import { type Attribute, attribute, type NodeBackend } from './node-backend';
import { registerFusedNormalization } from './fused-normalization';
import { registerOptimizerSteps } from './optimizer-steps';
import { registerOwnAddition } from './own-addition';
import { registerOwnConvolution } from './own-convolution';
import { registerPacking } from './packing';
import { mendStridedFilterGradient } from './strided-filter-gradient';

/** The operations that the addon provides. */
export interface OwnOperations {
  /** Normalisation, addition, packing and the steps of optimizers. */
  readonly training: boolean;
  /** Only if the addon has its own oneDNN. */
  readonly convolution: boolean;
}

let registered = false;

/**
 * Registers TensorFlow's own fused training operations as the kernels that this package's training rules run on:
 * `FusedBatchNormV3`, `FusedBatchNormGradV3` and `ReluGrad`. Without them a step of a residual network takes three times
 * as long.
 *
 * @param own which operations of this package's addon are available; they replace TensorFlow's
 */
export function registerTensorflowTrainingKernels(own: OwnOperations): void {
  if (registered) return;
  registered = true;
  tf.registerKernel({
    kernelName: 'ReluGrad',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, backend }) => {
      const node = backend as NodeBackend;
      const { dy, x } = inputs as Record<'dy' | 'x', tf.TensorInfo>;
      return node.executeSingleOutput(
        'ReluGrad',
        [attribute(node, 'T', 'TYPE', node.binding.TF_FLOAT)],
        [dy, x],
      );
    },
  });
  if (own.training) {
    registerFusedNormalization();
    registerOwnAddition();
    registerPacking();
    registerOptimizerSteps();
  } else {
    registerNormalization();
  }
  mendStridedFilterGradient();
  supportExplicitPadding();
  if (own.convolution) {
    registerOwnConvolution();
    foldPaddingOn('tensorflow');
  }
  registerFusedGradients();
  installFusedBatchNormalization();
  installFusedConvolution();
}

function registerNormalization(): void {
  tf.registerKernel({
    kernelName: 'BatchNormTraining',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) =>
      normalize(backend as NodeBackend, inputs as never, (attrs as unknown as { epsilon: number }).epsilon),
  });
  tf.registerKernel({
    kernelName: 'BatchNormTrainingGrad',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs, backend }) =>
      normalizeGradient(
        backend as NodeBackend,
        inputs as never,
        (attrs as unknown as { epsilon: number }).epsilon,
      ),
  });
}

function normalizationAttributes(node: NodeBackend, epsilon: number): Attribute[] {
  return [
    attribute(node, 'T', 'TYPE', node.binding.TF_FLOAT),
    attribute(node, 'U', 'TYPE', node.binding.TF_FLOAT),
    attribute(node, 'epsilon', 'FLOAT', epsilon),
    attribute(node, 'data_format', 'STRING', 'NHWC'),
    attribute(node, 'is_training', 'BOOL', true),
  ];
}

/** TensorFlow normalises images; anything else with channels last is treated as a stack of 1×1 images. */
function asImages(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, x.shape.at(-1)!]);
}

/**
 * The result for `asImages(x)` in the shape of x; the library tracks its tensors' shapes, so this is an operation too.
 */
function likeInput(y: tf.Tensor, x: tf.Tensor): tf.Tensor {
  if (x.rank === 4) return y;
  const reshaped = tf.reshape(y, x.shape);
  y.dispose();
  return reshaped;
}

function normalize(
  node: NodeBackend,
  { x, gamma, beta }: Record<'x' | 'gamma' | 'beta', tf.Tensor>,
  epsilon: number,
): tf.Tensor[] {
  const images = asImages(x);
  const none = tf.tensor1d([]);
  const attributes = [
    ...normalizationAttributes(node, epsilon),
    attribute(node, 'exponential_avg_factor', 'FLOAT', 1),
  ];
  const inputs = [images, gamma, beta, none, none];
  const [y, mean, unbiased, ...state] = node.executeMultipleOutputs(
    'FusedBatchNormV3',
    attributes,
    inputs,
    6,
  );
  // TensorFlow divides the variance by n − 1; the layer's moving variance is divided by n.
  const rows = x.size / x.shape.at(-1)!;
  const variance = tf.mul(unbiased!, (rows - 1) / rows);
  tf.dispose([unbiased!, none]);
  if (images !== x) images.dispose();
  return [likeInput(y!, x), mean!, variance, ...state];
}

function normalizeGradient(
  node: NodeBackend,
  inputs: Record<'dy' | 'x' | 'gamma' | 'state0' | 'state1' | 'state2', tf.Tensor>,
  epsilon: number,
): tf.Tensor[] {
  const { dy, x, gamma, state0, state1, state2 } = inputs;
  const [images, gradients] = [asImages(x), asImages(dy)];
  const [dx, dgamma, dbeta, ...unused] = node.executeMultipleOutputs(
    'FusedBatchNormGradV3',
    normalizationAttributes(node, epsilon),
    [gradients, images, gamma, state0, state1, state2],
    5,
  );
  tf.dispose(unused);
  if (images !== x) tf.dispose([images, gradients]);
  return [likeInput(dx!, x), dgamma!, dbeta!];
}
