import { tf } from '../tf';
import { GroupedConv2D } from './grouped-convolution';
import { HardSwish } from './hard-swish';
import { LocalResponseNormalization } from './local-response-normalization';
import { MixedPooling2D } from './mixed-pooling';
import { PaddedPooling2D } from './padded-pooling';

const own = [MixedPooling2D, LocalResponseNormalization, GroupedConv2D, PaddedPooling2D, HardSwish];

/**
 * Tells TensorFlow.js the layers and activations that are ours, so that its own `loadLayersModel` can load a model that
 * holds one. Everything in this package does it by itself. Calling it again changes nothing.
 */
export function registerLayers(): void {
  for (const each of own) tf.serialization.registerClass<tf.serialization.Serializable>(each);
}
