import { type MultiExitModel, splitStages, type Stage } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { readLayerGraph } from '@earlyexit/profiler';
import { type Dimension, GraphBuilder, valueInfo } from './graph/graph-builder';
import { DEFAULT_OPSET, type ExportOptions, NEWEST_OPSET, OLDEST_OPSET } from './export-options';
import { NodeConverter } from './layers/convert-nodes';
import { LayerWeights } from './layers/layer-weights';
import { graphShape, type Value } from './layers/value';
import type { ValueInfoMessage } from './protobuf/messages';

/** The name of the free size. */
export const BATCH = 'batch';

/** The name of the network's input. */
const INPUT = 'pixel_values';

/** A network opened for writing. */
export interface OpenedNetwork {
  readonly stages: readonly Stage[];
  readonly converter: NodeConverter;
  readonly classes: number;
  /** The id of the network's input. */
  readonly inputId: string;
  /** The network's input, named `pixel_values` and described for the graph. */
  readonly input: Value;
}

/**
 * Opens a multi-exit model: its stages, and its weights read from the engine.
 *
 * @throws ArgumentError if it has more than one input, a free size besides the batch, or a layer that cannot be
 * written
 */
export async function openNetwork(model: MultiExitModel, where: string): Promise<OpenedNetwork> {
  const layers = readLayerGraph(model.model);
  const [inputId] = layers.inputs;
  const shape = model.model.inputs[0]!.shape.slice(1);
  if (inputId === undefined || layers.inputs.length !== 1 || shape.some((size) => size === null)) {
    throw new ArgumentError({
      where: `${where}(model)`,
      rule: 'the network has one input, of a fixed size',
      received: model.model.inputs
        .map((input) => `[${input.shape.slice(1).map(String).join(', ')}]`)
        .join(' and '),
    });
  }
  const converter = new NodeConverter(layers, await LayerWeights.read(layers.nodes));
  const sizes = shape as number[];
  return {
    stages: splitStages(model),
    converter,
    classes: model.metadata.classes.length,
    inputId,
    input: { name: INPUT, layout: sizes.length === 3 ? 'channels-first' : 'plain', shape: sizes },
  };
}

/** The network's input as a graph input. */
export function describeInput({ input }: OpenedNetwork): ValueInfoMessage {
  return describeValue(input);
}

/** A value as an input or output of a graph. */
export function describeValue(value: Value): ValueInfoMessage {
  return valueInfo(value.name, batched(graphShape(value)));
}

/** `[batch, …]` */
export function batched(shape: readonly number[]): Dimension[] {
  return [BATCH, ...shape];
}

/**
 * A builder for a model.
 *
 * @throws ArgumentError for a version of the operators that is not written
 */
export function startGraph(options: ExportOptions, where: string): GraphBuilder {
  const { opset = DEFAULT_OPSET } = options;
  if (!Number.isInteger(opset) || opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    throw new ArgumentError({
      where: `${where}(options.opset)`,
      rule: `it is a whole number from ${OLDEST_OPSET} to ${NEWEST_OPSET}`,
      received: String(opset),
    });
  }
  const graph = new GraphBuilder(opset);
  graph.setOrigin(INPUT, INPUT);
  return graph;
}
