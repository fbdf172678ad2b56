import { ArgumentError } from '@earlyexit/core';
import { tfl } from './tf';

/** The shape of a tensor, batch axis first; `null` where the size is free. */
export type Shape = readonly (number | null)[];

/** One application of a layer. A layer that is applied twice becomes two nodes that share their weights. */
export interface LayerGraphNode {
  /** Unique in the graph: the name, with `#2`, `#3`, … for further applications of the same layer. */
  readonly id: string;
  readonly layer: tfl.layers.Layer;
  /** The layer's name; for a layer inside a nested model `nestedModel/layer`. */
  readonly name: string;
  /** The serialised name of the class: `Conv2D`, `Dense`, … */
  readonly className: string;
  /** Ids of the tensors it reads, in the order in which the layer takes them. */
  readonly inputs: readonly string[];
  /** Ids of the tensors it makes: the node's id, or `id:0`, `id:1`, … if there is more than one. */
  readonly outputs: readonly string[];
  readonly inputShapes: readonly Shape[];
  readonly outputShapes: readonly Shape[];
  /** The symbolic tensors it makes; those of the nested model's own graph if it is in one. */
  readonly symbolicOutputs: readonly tfl.SymbolicTensor[];
}

/** The layers of a model as they are applied, with nested models opened; independent of any engine. */
export interface LayerGraph {
  /** In topological order; input layers are nodes too. */
  readonly nodes: readonly LayerGraphNode[];
  /** Tensor ids of `model.inputs`. */
  readonly inputs: readonly string[];
  /** Tensor ids of `model.outputs`. */
  readonly outputs: readonly string[];
}

type EngineNode = tfl.layers.Layer['inboundNodes'][number];

/** One application of a nested model: where its input tensors come from, and the prefix of its layers. */
interface Frame {
  readonly model: tfl.LayersModel;
  readonly application: EngineNode;
  readonly parent: Frame | null;
  readonly prefix: string;
  readonly key: string;
}

/** A tensor of the flat graph before it has an id. */
interface Source {
  readonly node: EngineNode;
  readonly frame: Frame | null;
  readonly index: number;
}

/**
 * Reads the layer graph of any functional model, sequential models included. Nested models are opened, so that every
 * node is a plain layer. The backbone (what the last output needs) is ordered as if it were alone: other outputs do not
 * renumber it.
 *
 * @throws ArgumentError if `model` is not a built LayersModel.
 */
export function readLayerGraph(model: tfl.LayersModel): LayerGraph {
  if (!(model instanceof tfl.LayersModel)) {
    throw new ArgumentError({
      where: 'readLayerGraph(model)',
      rule: 'the model is a LayersModel made with this copy of @tensorflow/tfjs-layers',
      received: String(model),
      remedy:
        'Make sure that only one copy of @tensorflow/tfjs-layers is installed (npm ls @tensorflow/tfjs-layers)',
    });
  }
  if (model.outputs.length === 0) {
    throw new ArgumentError({
      where: 'readLayerGraph(model)',
      rule: 'the model has an output',
      received: `the empty model '${model.name}'`,
      remedy: 'Add layers, the first one with an inputShape',
    });
  }
  const reader = new GraphReader();
  for (const output of [...model.outputs].reverse()) reader.visit(reader.resolve(output, null));
  for (const input of model.inputs) reader.visit(reader.resolve(input, null));
  return {
    nodes: reader.nodes,
    inputs: model.inputs.map((tensor) => reader.tensorId(reader.resolve(tensor, null))),
    outputs: model.outputs.map((tensor) => reader.tensorId(reader.resolve(tensor, null))),
  };
}

/**
 * The ids of the nodes that the tensors `tensorIds` are computed from.
 *
 * @param isEnd of a node that is left out, with what it alone needs; none unless given
 */
export function ancestors(
  graph: Pick<LayerGraph, 'nodes'>,
  tensorIds: Iterable<string>,
  isEnd: (node: LayerGraphNode) => boolean = () => false,
): Set<string> {
  const wanted = new Set(tensorIds);
  const found = new Set<string>();
  // In reverse topological order every reader of a node comes before the node.
  for (const node of [...graph.nodes].reverse()) {
    if (isEnd(node) || !node.outputs.some((id) => wanted.has(id))) continue;
    found.add(node.id);
    for (const id of node.inputs) wanted.add(id);
  }
  return found;
}

/**
 * The ids of the nodes of the backbone: what the final exit learns from. A head whose answer the final exit only adds to,
 * behind a `StopGradient` of `@earlyexit/branch-head`, stays a head.
 */
export function backboneNodes(graph: Pick<LayerGraph, 'nodes' | 'outputs'>): Set<string> {
  return ancestors(graph, graph.outputs.slice(-1), ({ className }) => className === 'StopGradient');
}

class GraphReader {
  readonly nodes: LayerGraphNode[] = [];
  readonly #ids = new Map<string, LayerGraphNode>();
  readonly #applications = new Map<string, number>();
  readonly #frames = new Map<string, Frame>();

  /** Follows a symbolic tensor through the walls of nested models to the layer that makes it. */
  resolve(tensor: tfl.SymbolicTensor, frame: Frame | null): Source {
    let current = tensor;
    let within = frame;
    for (;;) {
      const layer = current.sourceLayer;
      const application = layer.inboundNodes[current.nodeIndex]!;
      const inputIndex = within === null ? -1 : within.model.inputs.indexOf(current);
      if (within !== null && inputIndex >= 0) {
        current = within.application.inputTensors[inputIndex]!;
        within = within.parent;
      } else if (layer instanceof tfl.LayersModel) {
        within = this.#enter(layer, application, within);
        current = layer.outputs[current.tensorIndex]!;
      } else {
        return { node: application, frame: within, index: current.tensorIndex };
      }
    }
  }

  /**
   * Adds the node of `source` and, before it, everything it needs. A loop instead of recursion, because networks can be
   * deep.
   */
  visit(source: Source): void {
    const stack = [source];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (this.#ids.has(keyOf(top))) {
        stack.pop();
        continue;
      }
      const inputs = inputsOf(top).map((tensor) => this.resolve(tensor, top.frame));
      const missing = inputs.filter((input) => !this.#ids.has(keyOf(input)));
      if (missing.length === 0) {
        this.#add(top, inputs);
        stack.pop();
      } else {
        stack.push(...missing.reverse());
      }
    }
  }

  tensorId(source: Source): string {
    return this.#ids.get(keyOf(source))!.outputs[source.index]!;
  }

  #enter(model: tfl.LayersModel, application: EngineNode, parent: Frame | null): Frame {
    const key = `${parent?.key ?? ''}/${String(application.id)}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const frame = { model, application, parent, prefix: `${parent?.prefix ?? ''}${model.name}/`, key };
    this.#frames.set(key, frame);
    return frame;
  }

  /** Layer names contain no `#`, so a numbered name is never another layer's. */
  #uniqueId(name: string): string {
    const application = (this.#applications.get(name) ?? 0) + 1;
    this.#applications.set(name, application);
    return application === 1 ? name : `${name}#${String(application)}`;
  }

  #add(source: Source, inputs: readonly Source[]): void {
    const layer = source.node.outboundLayer;
    const name = `${source.frame?.prefix ?? ''}${layer.name}`;
    const id = this.#uniqueId(name);
    const outputs = source.node.outputTensors;
    const node: LayerGraphNode = {
      id,
      layer,
      name,
      className: layer.getClassName(),
      inputs: inputs.map((input) => this.tensorId(input)),
      outputs: outputs.length === 1 ? [id] : outputs.map((_, index) => `${id}:${String(index)}`),
      inputShapes: inputsOf(source).map((tensor) => tensor.shape),
      outputShapes: outputs.map((tensor) => tensor.shape),
      symbolicOutputs: outputs,
    };
    this.#ids.set(keyOf(source), node);
    this.nodes.push(node);
  }
}

function keyOf(source: Source): string {
  return `${source.frame?.key ?? ''}/${String(source.node.id)}`;
}

// An input layer's node names itself as its own input tensor.
function inputsOf(source: Source): readonly tfl.SymbolicTensor[] {
  return source.node.inboundLayers.length === 0 ? [] : source.node.inputTensors;
}
