import { tf } from '../tf';
import { LocalResponseNormalization } from './local-response-normalization';
import { MixedPooling2D } from './mixed-pooling';

/**
 * Tells TensorFlow.js the layers that are ours, so that its own `loadLayersModel` can load a model that holds one.
 * Everything in this package does it by itself. Calling it again changes nothing.
 */
export function registerLayers(): void {
  for (const layer of [MixedPooling2D, LocalResponseNormalization]) tf.serialization.registerClass(layer);
}
