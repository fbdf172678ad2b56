import { tf } from '../tf';
import { conv2dBackpropFilter } from './conv2d-backprop-filter';

let registered = false;

/**
 * Gives the WASM backend the training kernels that it lacks. `selectEngine('wasm')` calls it; call it yourself only where
 * you set the backend by hand. Calling it again does nothing.
 */
export function registerWasmTrainingKernels(): void {
  if (registered) return;
  registered = true;
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) =>
      conv2dBackpropFilter(
        inputs as unknown as Parameters<typeof conv2dBackpropFilter>[0],
        attrs as unknown as Parameters<typeof conv2dBackpropFilter>[1],
      ),
  });
}
