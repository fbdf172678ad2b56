// The package's one door to TensorFlow.js.
export type * as tfl from '@tensorflow/tfjs-layers';
