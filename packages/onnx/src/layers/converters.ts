import {
  convertConv2D,
  convertConv2DTranspose,
  convertDepthwiseConv2D,
  convertSeparableConv2D,
} from './convolution';
import { convertDense } from './dense';
import {
  convertActivation,
  convertBatchNormalization,
  convertELU,
  convertIdentity,
  convertLeakyReLU,
  convertMerge,
  convertPReLU,
  convertReLU,
  convertRescaling,
  convertSoftmax,
  convertThresholdedReLU,
} from './elementwise';
import { convertEnsembleLogits } from './ensemble';
import { type LayerConverter } from './layer-conversion';
import { convertLayerNormalization, convertLocalResponseNormalization } from './normalization';
import {
  convertAveragePooling2D,
  convertGlobalAveragePooling2D,
  convertGlobalMaxPooling2D,
  convertMaxPooling2D,
  convertMixedPooling2D,
  convertPaddedPooling2D,
} from './pooling';
import {
  convertConcatenate,
  convertCropping2D,
  convertFlatten,
  convertPermute,
  convertReshape,
  convertUpSampling2D,
  convertZeroPadding2D,
} from './shape-layers';

/** How each layer is written, by the name of its class. */
export const converters: Readonly<Record<string, LayerConverter>> = {
  Conv2D: convertConv2D,
  Conv2DTranspose: convertConv2DTranspose,
  GroupedConv2D: convertConv2D,
  DepthwiseConv2D: convertDepthwiseConv2D,
  SeparableConv2D: convertSeparableConv2D,
  Dense: convertDense,
  BatchNormalization: convertBatchNormalization,
  LayerNormalization: convertLayerNormalization,
  LocalResponseNormalization: convertLocalResponseNormalization,
  Rescaling: convertRescaling,
  Activation: convertActivation,
  ReLU: convertReLU,
  LeakyReLU: convertLeakyReLU,
  PReLU: convertPReLU,
  ELU: convertELU,
  ThresholdedReLU: convertThresholdedReLU,
  Softmax: convertSoftmax,
  MaxPooling2D: convertMaxPooling2D,
  AveragePooling2D: convertAveragePooling2D,
  GlobalAveragePooling2D: convertGlobalAveragePooling2D,
  GlobalMaxPooling2D: convertGlobalMaxPooling2D,
  MixedPooling2D: convertMixedPooling2D,
  PaddedPooling2D: convertPaddedPooling2D,
  Flatten: convertFlatten,
  Reshape: convertReshape,
  Permute: convertPermute,
  ZeroPadding2D: convertZeroPadding2D,
  Cropping2D: convertCropping2D,
  UpSampling2D: convertUpSampling2D,
  Concatenate: convertConcatenate,
  Add: convertMerge,
  Multiply: convertMerge,
  Average: convertMerge,
  Maximum: convertMerge,
  Minimum: convertMerge,
  EnsembleLogits: convertEnsembleLogits,
  StopGradient: convertIdentity,
  Dropout: convertIdentity,
  SpatialDropout1D: convertIdentity,
  GaussianNoise: convertIdentity,
  GaussianDropout: convertIdentity,
  AlphaDropout: convertIdentity,
};

/** The layers that can be written, by the names of their classes. */
export const supportedLayers: readonly string[] = Object.keys(converters);
