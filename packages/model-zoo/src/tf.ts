// The one place where this package imports TensorFlow.js. The layers come first, because they register the gradients.
export * as tfl from '@tensorflow/tfjs-layers';
export * as tf from '@tensorflow/tfjs-core';
