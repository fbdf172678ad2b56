import { ArgumentError } from '@earlyexit/core';
import type { EngineName } from './engine';

// Starting a kernel of native TensorFlow costs more than the work of a small one. The time of a training step on WASM,
// relative to TensorFlow, for batches of 32 and 128, on two cores of a server with other load
// (packages/trainer/bench/engines.mjs): B-LeNet, 1.1 M multiply-accumulates one thread 0.9, 0.9 two threads 0.2, 0.3
// residual network of 8 channels, 3.8 M one thread 3.1, 3.3 two threads 0.5, 0.7 the same of 16 channels, 14.6 M one
// thread 2.9, 3.0 two threads 0.4, 1.5 ResNet-20 with an exit, 40.8 M two threads 3.2, 3.3 Below the bound WASM was
// faster in every measurement; above it, that depends on how many threads TensorFlow gets, and where much time is at
// stake TensorFlow is faster.
const SMALL_NETWORK_MACS = 2_000_000;

/**
 * The engines that `auto` tries, in turn. WebGPU is left out: launches of many small kernels make it slower than WASM on
 * the networks that this toolkit trains, so it is taken only by name.
 *
 * @param trainingMacs multiply-accumulates per sample of the network to be trained; null if unknown
 * @throws ArgumentError unless it is a number of at least 0
 */
export function engineOrder(trainingMacs: number | null): readonly EngineName[] {
  if (trainingMacs === null) return ['tensorflow', 'wasm', 'cpu'];
  if (!(trainingMacs >= 0)) {
    throw new ArgumentError({
      function: 'selectEngine',
      argument: 'trainingMacs',
      rule: 'the multiply-accumulates of a sample are a number of at least 0',
      received: String(trainingMacs),
    });
  }
  return trainingMacs < SMALL_NETWORK_MACS ? ['wasm', 'tensorflow', 'cpu'] : ['tensorflow', 'wasm', 'cpu'];
}
