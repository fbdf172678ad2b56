// The one place of this package where TensorFlow.js comes in; only the `./tfjs` sub-path leads here.
export * as tf from '@tensorflow/tfjs-core';
