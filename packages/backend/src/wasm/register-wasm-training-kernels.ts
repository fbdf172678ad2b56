import { tf } from '../tf';
import { conv2dBackpropFilter, conv2dBackpropInput } from './convolution/kernels';
import { type Heap, heapOf } from './heap';

type Kernel = (heap: Heap, inputs: never, attributes: never) => tf.TensorInfo;

const trainingKernels: Readonly<Record<string, Kernel>> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
};

let registered = false;

/**
 * Gives the WASM backend the training kernels that it lacks, and faster ones for those that it has. `selectEngine('wasm')`
 * calls it; call it yourself only where you set the backend by hand. Calling it again does nothing.
 */
export function registerWasmTrainingKernels(): void {
  if (registered) return;
  registered = true;
  for (const [kernelName, kernel] of Object.entries(trainingKernels)) {
    if (tf.getKernel(kernelName, 'wasm') !== undefined) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) => kernel(heapOf(backend), inputs as never, attrs as never),
    });
  }
}
