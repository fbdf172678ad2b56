import { ArgumentError } from '@earlyexit/core';
import type { LayerGraphNode } from '@earlyexit/profiler';
import type { GraphBuilder } from '../graph/graph-builder';
import type { ChannelAffine } from './channel-affine';
import type { LayerWeights } from './layer-weights';
import type { Value } from './value';

/** Zeros around a feature map. */
export interface Padding2D {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** One application of a layer, to be written into a graph. */
export interface LayerConversion {
  readonly graph: GraphBuilder;
  readonly node: LayerGraphNode;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: LayerWeights;
  readonly inputs: readonly Value[];
  /** As in TensorFlow.js, without the batch axis. */
  readonly outputShape: readonly number[];
  /** Zeros to put around the input: a padding layer that was merged into this one. */
  readonly padding: Padding2D | null;
  /** To be applied to the output, by channel: a batch normalisation that was merged into this layer. */
  readonly affine: ChannelAffine | null;
}

/** Writes one application of a layer and returns its output. */
export type LayerConverter = (conversion: LayerConversion) => Value;

/** @throws ArgumentError always: a layer, or a setting of it, cannot be written */
export function refuseLayer(node: LayerGraphNode, rule: string, received: string): never {
  throw new ArgumentError({
    where: `layer '${node.id}' (${node.className})`,
    rule,
    received,
    remedy: 'Replace the layer, or run the network with TensorFlow.js',
  });
}

/** A setting of two sizes, written as one number or as two. */
export function pairOf(value: unknown): [height: number, width: number] {
  if (typeof value === 'number') return [value, value];
  const [height, width] = value as [number, number];
  return [height, width];
}

/**
 * Refuses layers set to `channelsFirst`, whose sizes are in another order.
 *
 * @throws ArgumentError for such a layer
 */
export function requireChannelsLast({ node, config }: LayerConversion): void {
  if (config['dataFormat'] !== 'channelsFirst') return;
  refuseLayer(node, 'the layer has its channels last', "dataFormat 'channelsFirst'");
}
