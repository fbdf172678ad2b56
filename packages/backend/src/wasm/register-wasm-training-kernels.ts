import { installFusedBatchNormalization } from '../fused-batch-normalization';
import { foldPaddingOn, installFusedConvolution } from '../fused-convolution';
import { registerFusedGradients } from '../fused-gradients';
import { tf } from '../tf';
import { conv2d, conv2dBackpropFilter, conv2dBackpropInput, fusedConv2d } from './convolution/kernels';
import { depthwiseBackpropFilter, depthwiseBackpropInput, depthwiseConv2d } from './convolution/depthwise';
import { type Heap, heapOf } from './heap';
import { fusedBatchNorm } from './kernels/batch-norm-inference';
import { batchNormTraining, batchNormTrainingGradient } from './kernels/batch-norm-training';
import { sum } from './kernels/column-sum';
import { identity } from './kernels/identity';
import { batchMatMul, fusedMatMul } from './kernels/matmul';
import { maxPool } from './kernels/max-pool';
import { maxPoolGradient } from './kernels/max-pool-gradient';
import { adamStep, momentumStep } from './kernels/optimizer-steps';
import { packVector, unpackVector } from './kernels/pack-vector';
import { reluGradient } from './kernels/relu-gradient';
import { pad, slice } from './kernels/strided-copy';
import { unsortedSegmentSum } from './kernels/unsorted-segment-sum';

/**
 * One of our kernels. Null leaves the call to the backend's own kernel of the same name; so does `{ attributes }`, but
 * with other attributes.
 */
type Kernel = (
  heap: Heap,
  inputs: never,
  attributes: never,
) => tf.TensorInfo | tf.TensorInfo[] | { readonly attributes: object } | null;

const trainingKernels: Readonly<Record<string, Kernel>> = {
  AdamStep: adamStep,
  BatchMatMul: batchMatMul,
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  BatchNormTraining: batchNormTraining,
  BatchNormTrainingGrad: batchNormTrainingGradient,
  DepthwiseConv2dNative: depthwiseConv2d,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  FusedBatchNorm: fusedBatchNorm,
  FusedConv2D: fusedConv2d,
  Identity: identity,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
  MomentumStep: momentumStep,
  PackVector: packVector,
  PadV2: pad,
  ReluGrad: reluGradient,
  Slice: slice,
  Sum: sum,
  UnpackVector: unpackVector,
  UnsortedSegmentSum: unsortedSegmentSum,
  _FusedMatMul: fusedMatMul,
};

let registered = false;

/**
 * Gives the WASM backend the training kernels that it lacks, and faster ones for those that it has.
 * `selectEngine('wasm')` calls it; call it yourself only if you set the backend by hand. Calling it again does nothing.
 */
export function registerWasmTrainingKernels(): void {
  if (registered) return;
  registered = true;
  for (const [kernelName, kernel] of Object.entries(trainingKernels)) register(kernelName, kernel);
  registerFusedGradients();
  installFusedBatchNormalization();
  foldPaddingOn('wasm');
  installFusedConvolution();
}

function register(kernelName: string, kernel: Kernel): void {
  const own = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
  if (own !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    // Keeps the setup of the backend's own kernel, which is needed for the calls that are left to it.
    ...own,
    kernelName,
    backendName: 'wasm',
    kernelFunc: (call) => {
      const result = kernel(heapOf(call.backend), call.inputs as never, call.attrs as never);
      if (result !== null && !('attributes' in result)) return result;
      if (own === undefined) throw new TypeError(`${kernelName} is not implemented for these arguments`);
      return own.kernelFunc(
        result === null ? call : { ...call, attrs: result.attributes as tf.NamedAttrMap },
      );
    },
  });
}
