// The one place of this package where TensorFlow.js comes in. The layers come first: the gradients are theirs.
export * as tfl from '@tensorflow/tfjs-layers';
export * as tf from '@tensorflow/tfjs-core';
