import {
  attachExits,
  GroupedConv2D,
  LocalResponseNormalization,
  type MultiExitModel,
  PaddedPooling2D,
  registerLayers,
} from '@earlyexit/branch-head';
import * as tfl from '@tensorflow/tfjs-layers';
import { randomizeWeights } from './random-network';

const { layers } = tfl;

const made: Readonly<Record<string, () => tfl.layers.Layer>> = {
  Rescaling: () => layers.rescaling({ scale: -0.3, offset: 2 }),
  'Rescaling without an offset': () => layers.rescaling({ scale: 4 }),
  'Permute of rows and columns': () => layers.permute({ dims: [2, 1, 3] }),
  'Permute of the channels': () => layers.permute({ dims: [3, 1, 2] }),
  LayerNormalization: () => layers.layerNormalization({ epsilon: 0.01 }),
  'LayerNormalization of whole maps': () => layers.layerNormalization({ axis: [1, 2, 3], center: false }),
  'LayerNormalization of columns': () => layers.layerNormalization({ axis: [2, 3], scale: false }),
  LocalResponseNormalization: () => new LocalResponseNormalization({ size: 3, alpha: 0.2, bias: 0.5 }),
  'LocalResponseNormalization of all channels': () =>
    new LocalResponseNormalization({ size: 9, alpha: 0.3, beta: 0.6, bias: 1 }),
  gelu: () => layers.activation({ activation: 'gelu' }),
  gelu_new: () => layers.activation({ activation: 'gelu_new' }),
  mish: () => layers.activation({ activation: 'mish' }),
  hardSwish: () => {
    registerLayers();
    return layers.activation({ activation: 'hardSwish' as 'relu' });
  },
  'GroupedConv2D of two groups': () =>
    new GroupedConv2D({ filters: 6, kernelSize: [3, 2], strides: [2, 1], groups: 2 }),
  'GroupedConv2D by channel, uneven': () =>
    new GroupedConv2D({ filters: 8, kernelSize: [3, 3], strides: [2, 1], groups: 4, useBias: false }),
  'PaddedPooling2D of the largest': () =>
    new PaddedPooling2D({
      pooling: 'max',
      poolSize: [3, 2],
      strides: [2, 1],
      padding: [
        [1, 0],
        [1, 1],
      ],
    }),
  'PaddedPooling2D of averages': () =>
    new PaddedPooling2D({
      pooling: 'average',
      poolSize: [3, 3],
      strides: [2, 2],
      padding: [
        [0, 2],
        [1, 1],
      ],
    }),
  'Cropping2D of channels': () =>
    layers.cropping2D({
      cropping: [
        [0, 1],
        [1, 1],
      ],
      dataFormat: 'channelsFirst',
    }),
  'gelu in a layer': () => layers.dense({ units: 3, activation: 'gelu' }),
};

/** A network for images `[6, 5, 3]`: a convolution, `layer` on its maps (or on them laid flat), and a classifier. */
export function networkAround(layer: tfl.layers.Layer, isFlat = false): MultiExitModel {
  const conv = layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [6, 5, 3] });
  const rest = isFlat ? [layers.flatten(), layer] : [layer, layers.flatten()];
  const model = tfl.sequential({ layers: [conv, ...rest, layers.dense({ units: 3 })] });
  randomizeWeights(model, 5);
  return attachExits(model, []);
}

/** Networks around layers that are written in several operators, or in others by the version. */
export const specialLayers: Readonly<Record<string, (isFlat?: boolean) => MultiExitModel>> =
  Object.fromEntries(
    Object.entries(made).map(([name, make]) => [name, (isFlat = false) => networkAround(make(), isFlat)]),
  );
