// The package's one door to TensorFlow.js. The layers come first: importing them registers the gradients that tfjs-core
// alone does not have.
export * as tfl from '@tensorflow/tfjs-layers';
export * as tf from '@tensorflow/tfjs-core';
