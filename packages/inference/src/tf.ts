// The one place where this package imports TensorFlow.js; only the sub-path `./tfjs` leads here.
export * as tf from '@tensorflow/tfjs-core';
