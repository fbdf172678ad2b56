import { ArgumentError } from '@earlyexit/core';
import type { LayerGraph, LayerGraphNode } from '@earlyexit/profiler';
import type { GraphBuilder } from '../graph/graph-builder';
import { type ChannelAffine, normalizesChannels, readBatchNormalization } from './channel-affine';
import { converters, supportedLayers } from './converters';
import type { Padding2D } from './layer-conversion';
import type { LayerWeights } from './layer-weights';
import { readZeroPadding } from './shape-layers';
import type { Value } from './value';

const CONVOLUTIONS = new Set(['Conv2D', 'DepthwiseConv2D', 'GroupedConv2D', 'SeparableConv2D']);

/** Writes layers of one network into graphs. */
export class NodeConverter {
  readonly #weights: LayerWeights;
  readonly #consumers = new Map<string, LayerGraphNode[]>();
  readonly #outputs: ReadonlySet<string>;

  /** @throws ArgumentError if the network holds a layer that cannot be written */
  constructor(network: Pick<LayerGraph, 'nodes' | 'outputs'>, weights: LayerWeights) {
    this.#weights = weights;
    this.#outputs = new Set(network.outputs);
    for (const node of network.nodes) {
      refuseUnsupported(node);
      for (const id of node.inputs) this.#consumers.set(id, [...(this.#consumers.get(id) ?? []), node]);
    }
  }

  /** The layers that read a tensor. */
  consumersOf(tensorId: string): readonly LayerGraphNode[] {
    return this.#consumers.get(tensorId) ?? [];
  }

  /** Writes `nodes`, in their order, and adds their outputs to `values`. */
  convert(graph: GraphBuilder, nodes: readonly LayerGraphNode[], values: Map<string, Value>): void {
    // By id, because a network can be read more than once.
    const merged = new Set<string>();
    const paddings = new Map<string, Padding2D>();
    for (const node of nodes) {
      if (merged.has(node.id)) continue;
      const inputs = node.inputs.map((id) => values.get(id)!);
      const [output] = node.outputs;
      const padding = this.#mergeablePadding(node);
      if (padding !== null) {
        paddings.set(output!, padding);
        values.set(output!, inputs[0]!);
        continue;
      }
      const normalization = this.#mergeableNormalization(node);
      const affine: ChannelAffine | null =
        normalization === null ? null : readBatchNormalization(normalization, this.#weights);
      const value = graph.ofLayer(node.id, () =>
        converters[node.className]!({
          graph,
          node,
          config: node.layer.getConfig(),
          weights: this.#weights,
          inputs,
          outputShape: fixedShape(node),
          padding: paddings.get(node.inputs[0]!) ?? null,
          affine,
        }),
      );
      values.set(output!, value);
      if (normalization === null) continue;
      merged.add(normalization.id);
      values.set(normalization.outputs[0]!, value);
    }
  }

  /** The only layer that reads a tensor, unless the tensor is an output of the network. */
  #soleConsumer(tensorId: string): LayerGraphNode | null {
    const consumers = this.consumersOf(tensorId);
    return consumers.length === 1 && !this.#outputs.has(tensorId) ? consumers[0]! : null;
  }

  /** Zeros that the convolution after `node` can add itself. */
  #mergeablePadding(node: LayerGraphNode): Padding2D | null {
    if (node.className !== 'ZeroPadding2D' || node.layer.getConfig()['dataFormat'] === 'channelsFirst')
      return null;
    const next = this.#soleConsumer(node.outputs[0]!);
    if (next === null || !CONVOLUTIONS.has(next.className)) return null;
    return next.layer.getConfig()['padding'] === 'valid' ? readZeroPadding(node) : null;
  }

  /** The batch normalisation after `node` that can be folded into its weights. */
  #mergeableNormalization(node: LayerGraphNode): LayerGraphNode | null {
    if (!CONVOLUTIONS.has(node.className) && node.className !== 'Dense') return null;
    const activation = (node.layer.getConfig()['activation'] as string | undefined) ?? 'linear';
    const next = this.#soleConsumer(node.outputs[0]!);
    if (activation !== 'linear' || next?.className !== 'BatchNormalization') return null;
    return normalizesChannels(next) ? next : null;
  }
}

function refuseUnsupported(node: LayerGraphNode): void {
  if (node.className === 'InputLayer' || converters[node.className] !== undefined) return;
  throw new ArgumentError({
    where: `layer '${node.id}' (${node.className})`,
    rule: `the layers that can be written as ONNX are ${supportedLayers.join(', ')}`,
    received: node.className,
    remedy: 'Replace the layer, or run the network with TensorFlow.js',
  });
}

function fixedShape(node: LayerGraphNode): readonly number[] {
  const shape = node.outputShapes[0]!.slice(1);
  if (shape.every((size) => size !== null)) return shape;
  throw new ArgumentError({
    where: `layer '${node.id}' (${node.className})`,
    rule: 'every size but the batch is fixed',
    received: `[${shape.join(', ')}]`,
    remedy: 'Give the network a fixed inputShape',
  });
}
