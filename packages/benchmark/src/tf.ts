// The package's one door to TensorFlow.js. tfjs-core alone has no gradients: tfjs-layers registers them.
import '@tensorflow/tfjs-layers';

export * as tf from '@tensorflow/tfjs-core';
