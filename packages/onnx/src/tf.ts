// The package's one door to TensorFlow.js.
export * as tfl from '@tensorflow/tfjs-layers';
export * as tf from '@tensorflow/tfjs-core';
