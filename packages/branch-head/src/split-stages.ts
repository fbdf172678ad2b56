import { ArgumentError } from '@earlyexit/core';
import { ancestors, type LayerGraph, type LayerGraphNode, readLayerGraph } from '@earlyexit/profiler';
import type { MultiExitModel } from './metadata/multi-exit-model';
import { tf } from './tf';

/**
 * The result of one stage; the caller disposes of every tensor. A type, not an interface, so that `tf.tidy` accepts it
 * as a result.
 */
export type StageResult = {
  /** `[batch, classes]`. */
  readonly logits: tf.Tensor2D;
  /** In the order of `Stage.outputs`. */
  readonly carried: tf.Tensor[];
};

/** The part of a network that runs between one exit and the next, its head included. */
export interface Stage {
  /** The exit that this stage answers at. */
  readonly index: number;
  /** In the order in which they run, backbone and head; input layers are left out. */
  readonly nodes: readonly LayerGraphNode[];
  /**
   * The ids of the tensors it takes: the model's inputs for the first stage, otherwise what the previous stage carries
   * over.
   */
  readonly inputs: readonly string[];
  /** The ids of the tensors it carries over: all that later stages still need. None for the last stage. */
  readonly outputs: readonly string[];
  /** The id of its logits. */
  readonly logits: string;
  /**
   * Runs the stage's layers on `inputs`, as in inference (`training: false`). The inputs are not disposed of.
   *
   * @throws ArgumentError if the number of tensors is not that of `inputs`.
   */
  run(inputs: readonly tf.Tensor[]): StageResult;
}

/**
 * Splits a multi-exit model into K + 1 stages at any cut, inside residual blocks too: a layer belongs to the first
 * stage whose exit needs it, and a stage carries over every tensor that a later one still needs. The model itself is
 * left unchanged. Chained, the stages compute what `model.predict` does.
 *
 * @throws ArgumentError if the network contains a layer that cannot be split off: a stateful or a masking one.
 */
export function splitStages(model: MultiExitModel): Stage[] {
  const graph = readLayerGraph(model.model);
  graph.nodes.forEach(refuseUncuttable);
  const nodesOfStage = assignNodes(graph);
  const needs = graph.outputs.map((logits, index) => [
    logits,
    ...nodesOfStage[index]!.flatMap((node) => node.inputs),
  ]);

  const stages: Stage[] = [];
  let inputs: readonly string[] = graph.inputs;
  graph.outputs.forEach((logits, index) => {
    const nodes = nodesOfStage[index]!;
    const later = new Set(needs.slice(index + 1).flat());
    const alive = [...inputs, ...nodes.flatMap((node) => node.outputs)];
    const outputs = alive.filter((id, position) => later.has(id) && alive.indexOf(id) === position);
    const from = inputs;
    stages.push({ index, nodes, inputs: from, outputs, logits, run: makeRun(nodes, from, outputs, logits) });
    inputs = outputs;
  });
  return stages;
}

/** For each stage the nodes that its exit is the first to need. */
function assignNodes(graph: LayerGraph): LayerGraphNode[][] {
  const taken = new Set<string>();
  return graph.outputs.map((output) => {
    const needed = ancestors(graph, [output]);
    const own = graph.nodes.filter(
      (node) => needed.has(node.id) && !taken.has(node.id) && node.className !== 'InputLayer',
    );
    for (const node of own) taken.add(node.id);
    return own;
  });
}

function makeRun(
  nodes: readonly LayerGraphNode[],
  inputs: readonly string[],
  outputs: readonly string[],
  logits: string,
): Stage['run'] {
  // The node after which a tensor is no longer needed, so that memory holds nothing longer than necessary.
  const lastUse = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const id of [...node.inputs, ...node.outputs]) lastUse.set(id, index);
  });
  for (const id of [...inputs, ...outputs, logits]) lastUse.delete(id);
  const released = nodes.map((_, index) =>
    [...lastUse].filter(([, last]) => last === index).map(([id]) => id),
  );

  return (tensors) => {
    if (tensors.length !== inputs.length) {
      throw new ArgumentError({
        where: 'stage.run(inputs)',
        rule: `this stage takes ${String(inputs.length)} tensors (${inputs.join(', ')})`,
        received: String(tensors.length),
      });
    }
    return tf.tidy(() => {
      const values = new Map(inputs.map((id, index) => [id, tensors[index]!]));
      nodes.forEach((node, index) => {
        const arguments_ = node.inputs.map((id) => values.get(id)!);
        const result = node.layer.apply(arguments_.length === 1 ? arguments_[0]! : arguments_, {
          training: false,
        }) as tf.Tensor | tf.Tensor[];
        const made = Array.isArray(result) ? result : [result];
        node.outputs.forEach((id, output) => values.set(id, made[output]!));
        for (const id of released[index]!) {
          values.get(id)!.dispose();
          values.delete(id);
        }
      });
      // Clones share their data, so each result can be disposed of independently of the inputs and the others.
      return {
        logits: values.get(logits)!.clone() as tf.Tensor2D,
        carried: outputs.map((id) => values.get(id)!.clone()),
      };
    });
  };
}

function refuseUncuttable(node: LayerGraphNode): void {
  const masks =
    node.className === 'Masking' ||
    (node.className === 'Embedding' && node.layer.getConfig()['maskZero'] === true);
  if (!masks && !node.layer.stateful) return;
  throw new ArgumentError({
    where: 'splitStages(model)',
    rule: masks
      ? 'masks do not travel from stage to stage'
      : 'a stateful layer keeps one state per row, which a shrinking batch would mix up',
    received: `layer '${node.id}' (${node.className})`,
    remedy: masks ? 'Leave the mask out, or pad the sequences' : 'Make the layer with stateful: false',
  });
}
