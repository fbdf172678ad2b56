import { ArgumentError } from '@earlyexit/core';
import { countMacs, isUncounted } from './count-macs';
import { countParameters } from './count-parameters';
import {
  ancestors,
  backboneNodes,
  type LayerGraph,
  type LayerGraphNode,
  readLayerGraph,
  type Shape,
} from './layer-graph';
import type { tfl } from './tf';

/** The cost of leaving at one exit; all multiply-accumulates are for one sample. */
export interface ExitProfile {
  /** 0 for the first exit, K for the final one. */
  readonly index: number;
  /** The node of the backbone whose output the head reads; `null` for the final exit, or if it reads several. */
  readonly attachedAfter: string | null;
  /** The backbone's multiply-accumulates that have run when this exit answers. */
  readonly backboneMacs: number;
  /** The multiply-accumulates of this exit's own head; 0 for the final exit, whose classifier is the backbone's. */
  readonly headMacs: number;
  /** Everything that has run when this exit answers: the backbone so far and every head on the way. */
  readonly cumulativeMacs: number;
  /** `cumulativeMacs` as a share of the plain network's; above 1 at the final exit, which pays for all heads. */
  readonly share: number;
  /** Parameters of this exit's own head; 0 for the final exit. */
  readonly parameters: number;
  /** Parameters of every layer that has run when this exit answers. */
  readonly cumulativeParameters: number;
}

/** One application of a layer. A shared layer's parameters are listed at its first application. */
export interface LayerProfile {
  /** The node's id: the layer's name, `#2` appended for a second application. */
  readonly name: string;
  readonly className: string;
  /** Without the batch axis. */
  readonly outputShape: readonly (number | null)[];
  readonly macs: number;
  readonly parameters: number;
  /** The size of its inputs for one sample, at 4 bytes per number. */
  readonly inputBytes: number;
  /** The size of its outputs for one sample, at 4 bytes per number. */
  readonly activationBytes: number;
  /** The index of the first exit that needs it. */
  readonly usedBy: number;
  /** Whether the final exit does without it. */
  readonly isHead: boolean;
}

/** The cost of a network, per layer and per exit, for one sample. */
export interface ModelProfile {
  /** The first input's shape without the batch axis. */
  readonly inputShape: readonly (number | null)[];
  /** The plain network's parameters, without heads. */
  readonly parameters: number;
  readonly parametersWithExits: number;
  /** The plain network's multiply-accumulates, without heads. */
  readonly macs: number;
  /** K early exits and the final one, which is last. */
  readonly exits: readonly ExitProfile[];
  /** In the order in which they run: what the first exit needs, then what the second needs in addition, … */
  readonly layers: readonly LayerProfile[];
  /** Layers whose multiplications the convention leaves out (recurrent layers, `Dot`): their MACs are given as 0. */
  readonly uncounted: readonly string[];
}

// tfjs has no half precision: floats, integers and (on most engines) booleans take four bytes each.
const BYTES_PER_NUMBER = 4;

/**
 * Counts multiply-accumulates, parameters and activations of a model whose K + 1 outputs are its exits, the final
 * one last. A model with one output is the plain network.
 *
 * @throws ArgumentError if a size other than the batch is free.
 */
export function profileModel(model: tfl.LayersModel): ModelProfile {
  const graph = readLayerGraph(model);
  const final = graph.outputs.length - 1;
  const backbone = backboneNodes(graph);
  const firstExit = firstExits(graph);
  const ordered = [...graph.nodes]
    .filter((node) => firstExit.has(node.id))
    .sort((a, b) => firstExit.get(a.id)! - firstExit.get(b.id)!);

  const counted = new Set<tfl.layers.Layer>();
  const layers = ordered.map((node): LayerProfile => {
    const parameters = counted.has(node.layer) ? 0 : countParameters(node.layer);
    counted.add(node.layer);
    return {
      name: node.id,
      className: node.className,
      outputShape: node.outputShapes[0]?.slice(1) ?? [],
      macs: countMacs(node),
      parameters,
      inputBytes: bytesOf(node, node.inputShapes),
      activationBytes: node.className === 'InputLayer' ? 0 : bytesOf(node, node.outputShapes),
      usedBy: firstExit.get(node.id)!,
      isHead: !backbone.has(node.id),
    };
  });

  const macs = sum(layers.filter((layer) => !layer.isHead).map((layer) => layer.macs));
  // By layer, not by row: a layer that a head shares with the backbone belongs to the backbone.
  const backboneLayers = new Set(
    graph.nodes.filter((node) => backbone.has(node.id)).map((node) => node.layer),
  );
  const exits = graph.outputs.map((output, index): ExitProfile => {
    const before = layers.filter((layer) => layer.usedBy <= index);
    const head = layers.filter((layer) => layer.isHead && layer.usedBy === index);
    const cumulativeMacs = sum(before.map((layer) => layer.macs));
    return {
      index,
      attachedAfter: index === final ? null : attachmentOf(graph, output, backbone, firstExit),
      backboneMacs: sum(before.filter((layer) => !layer.isHead).map((layer) => layer.macs)),
      headMacs: sum(head.map((layer) => layer.macs)),
      cumulativeMacs,
      share: cumulativeMacs / macs,
      parameters: parametersOf(
        ordered.filter((node) => !backbone.has(node.id) && firstExit.get(node.id) === index),
        (layer) => !backboneLayers.has(layer),
      ),
      cumulativeParameters: parametersOf(ordered.filter((node) => firstExit.get(node.id)! <= index)),
    };
  });

  return {
    inputShape: model.inputs[0]?.shape.slice(1) ?? [],
    parameters: parametersOf(ordered.filter((node) => backbone.has(node.id))),
    parametersWithExits: parametersOf(ordered),
    macs,
    exits,
    layers,
    uncounted: ordered.filter((node) => isUncounted(node)).map((node) => node.id),
  };
}

/** For each node that some exit needs, the index of the first such exit. */
function firstExits(graph: LayerGraph): Map<string, number> {
  const first = new Map<string, number>();
  graph.outputs.forEach((output, index) => {
    for (const id of ancestors(graph, [output])) if (!first.has(id)) first.set(id, index);
  });
  return first;
}

function attachmentOf(
  graph: LayerGraph,
  output: string,
  backbone: ReadonlySet<string>,
  firstExit: ReadonlyMap<string, number>,
): string | null {
  const index = graph.outputs.indexOf(output);
  const producer = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node.id] as const)));
  const own = producer.get(output)!;
  if (backbone.has(own)) return own;
  const sources = new Set(
    graph.nodes
      .filter((node) => firstExit.get(node.id) === index && !backbone.has(node.id))
      .flatMap((node) => node.inputs.map((id) => producer.get(id)!))
      .filter((id) => backbone.has(id)),
  );
  return sources.size === 1 ? [...sources][0]! : null;
}

function bytesOf(node: LayerGraphNode, shapes: readonly Shape[]): number {
  return sum(
    shapes.map((shape) =>
      shape.slice(1).reduce<number>((size, axis) => {
        if (axis !== null) return size * axis;
        throw new ArgumentError({
          where: `profileModel(${node.id})`,
          rule: 'every size but the batch is fixed',
          received: `output [${shape.map((value) => String(value)).join(', ')}]`,
          remedy: 'Give the network a fixed inputShape',
        });
      }, BYTES_PER_NUMBER),
    ),
  );
}

function parametersOf(
  nodes: readonly LayerGraphNode[],
  counts: (layer: tfl.layers.Layer) => boolean = () => true,
): number {
  const layers = new Set(nodes.map((node) => node.layer).filter(counts));
  return sum([...layers].map(countParameters));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
