import type { LayerGraphNode } from '@earlyexit/profiler';
import type { LayerWeights } from './layer-weights';

/** What batch normalisation does at inference time: `scale · x + shift`, both `[channels]`, in float64. */
export interface ChannelAffine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** The default of TensorFlow.js. */
const DEFAULT_EPSILON = 1e-3;

/** Batch normalisation with its moving statistics: `gamma · (x − mean) / √(variance + epsilon) + beta`. */
export function readBatchNormalization(node: LayerGraphNode, weights: LayerWeights): ChannelAffine {
  const { layer } = node;
  const epsilon = (layer.getConfig()['epsilon'] as number | undefined) ?? DEFAULT_EPSILON;
  const mean = weights.get(layer, 'moving_mean').data;
  const variance = weights.get(layer, 'moving_variance').data;
  const gamma = weights.find(layer, 'gamma')?.data;
  const beta = weights.find(layer, 'beta')?.data;
  const scale = Float64Array.from(mean, (_, c) => (gamma?.[c] ?? 1) / Math.sqrt(variance[c]! + epsilon));
  const shift = Float64Array.from(mean, (value, c) => (beta?.[c] ?? 0) - value * scale[c]!);
  return { scale, shift };
}

/** Whether the layer normalises the last axis, the channels. */
export function normalizesChannels(node: LayerGraphNode): boolean {
  const axis = (node.layer.getConfig()['axis'] as number | undefined) ?? -1;
  return axis === -1 || axis === (node.inputShapes[0]?.length ?? 0) - 1;
}
