import { ArgumentError } from '@earlyexit/core';
import { ancestors, type LayerGraph, type LayerGraphNode, readLayerGraph } from '@earlyexit/profiler';
import type { MultiExitModel } from './metadata/multi-exit-model';
import { tf } from './tf';

/** What one stage gives; every tensor is the caller's to dispose. A type, so that `tf.tidy` takes it as a result. */
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
  /** Tensor ids that it takes: the model's inputs for the first stage, else what the stage before carries over. */
  readonly inputs: readonly string[];
  /** Tensor ids that it carries over: all that are alive across the cut. None for the last stage. */
  readonly outputs: readonly string[];
  /** Tensor id of its logits. */
  readonly logits: string;
  /**
   * Runs the stage's layers on `inputs`, as in inference (`training: false`). The inputs are not disposed.
   *
   * @throws ArgumentError if the number of tensors is not that of `inputs`.
   */
  run(inputs: readonly tf.Tensor[]): StageResult;
}

/**
 * Splits a multi-exit model into K + 1 stages at any cut, also inside residual blocks: a layer belongs to the first
 * stage whose exit needs it, and a stage carries over every tensor that a later one still needs. The model itself
 * is left as it is. Chained, the stages compute what `model.predict` does.
 *
 * @throws ArgumentError if the network holds a layer that cannot be cut: a stateful or a masking one.
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
  // After which node a tensor is no longer needed, so that memory holds what is alive and no more.
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
      // Clones share the data: each result can be disposed without a thought for inputs or for one another.
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
      : 'a stateful layer keeps one state a row, which a batch that shrinks would mix up',
    received: `layer '${node.id}' (${node.className})`,
    remedy: masks ? 'Leave the mask out, or pad the sequences' : 'Make the layer with stateful: false',
  });
}
