import { tf } from '../tf';
import { EnsembleLogits } from './ensemble-logits';
import { GroupedConv2D } from './grouped-convolution';
import { HardSwish } from './hard-swish';
import { LocalResponseNormalization } from './local-response-normalization';
import { MixedPooling2D } from './mixed-pooling';
import { PaddedPooling2D } from './padded-pooling';
import { StopGradient } from './stop-gradient';

const own = [
  ...[MixedPooling2D, LocalResponseNormalization, GroupedConv2D, PaddedPooling2D, HardSwish],
  ...[StopGradient, EnsembleLogits],
];

/**
 * Registers this package's layers and activations with TensorFlow.js, so that its own `loadLayersModel` can load a
 * model with one of them. The functions of this package call it themselves. Calling it again changes nothing.
 */
export function registerLayers(): void {
  for (const each of own) tf.serialization.registerClass<tf.serialization.Serializable>(each);
}
