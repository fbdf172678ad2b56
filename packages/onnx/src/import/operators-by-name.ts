import { activations } from './operators/activations';
import { arithmetic } from './operators/arithmetic';
import { convolution } from './operators/convolution';
import { gemm, matMul } from './operators/dense';
import {
  batchNormalization,
  layerNormalization,
  localResponseNormalization,
} from './operators/normalization';
import type { Operator } from './operators/operator';
import { averagePool, globalAveragePool, globalMaxPool, maxPool, reduceMean } from './operators/pooling';
import { shapes } from './operators/shapes';

/** How each operator is converted, by its name in the standard. */
export const operators: Readonly<Record<string, Operator>> = {
  ...activations,
  ...arithmetic,
  ...shapes,
  Conv: convolution,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  LRN: localResponseNormalization,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  ReduceMean: reduceMean,
};

/** The names of the operators that can be imported. */
export const supportedOperators: readonly string[] = Object.keys(operators);
