import { ArgumentError } from '@earlyexit/core';
import { type LayerGraph, type LayerGraphNode, readLayerGraph } from '@earlyexit/profiler';
import { linearTwin } from './linear-twin';
import type { tfl } from '../tf';

/** A plain network prepared for exits: its graph, the symbolic tensor of every id, and the logits. */
export interface LogitsGraph {
  readonly graph: LayerGraph;
  /** The symbolic tensors to build on, by the graph's tensor ids. */
  readonly tensors: ReadonlyMap<string, tfl.SymbolicTensor>;
  /** The id of the tensor that is followed by nothing but a softmax and a change of shape. */
  readonly logitsId: string;
  readonly logits: tfl.SymbolicTensor;
}

// Layers that neither compute nor mix anything after a softmax.
const PASSING = new Set(['Flatten', 'Reshape', 'Dropout']);

/**
 * Prepares a network with one output: removes a final softmax, so that the output is logits, and flattens nested
 * models. Layers and weights stay those of the model; only a dense layer with a built-in softmax gets a linear twin
 * that shares its weights.
 *
 * @throws ArgumentError if the model does not have one output.
 */
export function openLogitsGraph(model: tfl.LayersModel): LogitsGraph {
  const graph = readLayerGraph(model);
  const [output] = graph.outputs;
  if (output === undefined || graph.outputs.length !== 1) {
    throw new ArgumentError({
      where: 'attachExits(model)',
      rule: 'exits are attached to a network of one output',
      received: `'${model.name}' with ${String(graph.outputs.length)} outputs`,
      remedy: 'Make a model of the final output alone, or give all exits in one call',
    });
  }
  const producer = new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  const softmax = findFinalSoftmax(producer, output);
  const tensors = new Map<string, tfl.SymbolicTensor>();
  for (const node of graph.nodes) rebuild(node, softmax, tensors);
  const logitsId =
    softmax === null ? output : isSoftmaxLayer(softmax) ? softmax.inputs[0]! : softmax.outputs[0]!;
  return { graph, tensors, logitsId, logits: tensors.get(output)! };
}

/** The layer that computes the final softmax, if the network ends in one. */
function findFinalSoftmax(
  producer: ReadonlyMap<string, LayerGraphNode>,
  output: string,
): LayerGraphNode | null {
  let node = producer.get(output)!;
  while (PASSING.has(node.className)) node = producer.get(node.inputs[0]!)!;
  return isSoftmaxLayer(node) || hasSoftmaxInside(node) ? node : null;
}

function isSoftmaxLayer(node: LayerGraphNode): boolean {
  return node.className === 'Softmax' || (node.className === 'Activation' && hasSoftmaxInside(node));
}

function hasSoftmaxInside(node: LayerGraphNode): boolean {
  return node.layer.getConfig()['activation'] === 'softmax';
}

/** Puts the tensors of `node` into `tensors`, applying its layer again if its inputs have changed. */
function rebuild(
  node: LayerGraphNode,
  softmax: LayerGraphNode | null,
  tensors: Map<string, tfl.SymbolicTensor>,
): void {
  const inputs = node.inputs.map((id) => tensors.get(id)!);
  if (node === softmax && isSoftmaxLayer(node)) {
    tensors.set(node.outputs[0]!, inputs[0]!);
    return;
  }
  const layer = node === softmax ? linearTwin(node.layer, inputs[0]!.shape) : node.layer;
  const outputs =
    layer === node.layer && standsAsItIs(node, inputs) ? node.symbolicOutputs : reapply(layer, inputs);
  node.outputs.forEach((id, index) => tensors.set(id, outputs[index]!));
}

function standsAsItIs(node: LayerGraphNode, inputs: readonly tfl.SymbolicTensor[]): boolean {
  const [first] = node.symbolicOutputs;
  const application = node.layer.inboundNodes[first!.nodeIndex]!;
  return inputs.every((tensor, index) => application.inputTensors[index] === tensor);
}

function reapply(layer: tfl.layers.Layer, inputs: readonly tfl.SymbolicTensor[]): tfl.SymbolicTensor[] {
  const outputs = layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs]) as
    tfl.SymbolicTensor | tfl.SymbolicTensor[];
  // Every application counts as another owner, but a model's dispose() releases only one per layer: without this the
  // weights of a flattened layer would outlive the model.
  const counted = layer as unknown as { _refCount: number };
  if (counted._refCount > 1) counted._refCount -= 1;
  return Array.isArray(outputs) ? outputs : [outputs];
}
