import type { LayerGraph } from '@earlyexit/profiler';
import { ancestors } from '@earlyexit/profiler';
import { balanceGradients } from './balance-gradients';
import { foldPaddings } from './fold-paddings';
import { fuseNormalizations } from './fuse-normalizations';
import type { tf, tfl } from '../tf';

/**
 * Runs a network on images `[batch, height, width, channels]` and gives the logits `[batch, classes]` of its exits, and
 * whatever else was asked for.
 */
export type ForwardPass = (images: tf.Tensor) => tf.Tensor2D[];

/**
 * A forward pass through the layers that some of the exits need.
 *
 * It goes through the layers itself rather than through `model.apply`, because that knows one `training` flag for the
 * whole network, and batch normalisation looks at nothing else: in a frozen layer its moving statistics would drift. It
 * also lets an engine compute a normalisation in training together with the shortcut and the ReLU after it: `followers`
 * beside `training`, which a layer sets `done` if its engine can (@earlyexit/backend), and otherwise leaves alone. A padding
 * that only convolutions read is left to them, where they can (`foldPaddings`).
 *
 * @param exits indices of the exits, in the order of the network's outputs
 * @param inTraining whether a layer runs with `training: true`
 * @param options.isBalanced whether gradients are weighted where heads meet the backbone; false unless given
 * @param options.further ids of tensors that are given after the logits; none unless given
 */
export function createForwardPass(
  graph: LayerGraph,
  exits: readonly number[],
  inTraining: (layer: tfl.layers.Layer) => boolean,
  {
    isBalanced = false,
    further = [],
  }: { readonly isBalanced?: boolean; readonly further?: readonly string[] } = {},
): ForwardPass {
  const logits = exits.map((exit) => graph.outputs[exit] as string);
  const outputs = [...logits, ...further];
  const needed = ancestors(graph, outputs);
  const input = graph.inputs[0] as string;
  const used = graph.nodes.filter((node) => needed.has(node.id) && !node.outputs.includes(input));
  const nodes = isBalanced ? balanceGradients({ nodes: used, outputs: logits }) : used;
  const kept = new Set(outputs);
  const chains = fuseNormalizations(nodes, kept);
  const folded = foldPaddings(nodes, kept);
  const steps = nodes
    .filter(({ id }) => !folded.left.has(id))
    .map((node) => {
      const training = inTraining(node.layer);
      const chain = training ? (chains.get(node.id) ?? null) : null;
      const fold = folded.convolutions.get(node.id);
      const inputs = fold === undefined ? node.inputs : [fold.image];
      return { ...node, inputs, training, chain, padding: fold?.padding };
    });
  return (images) => {
    const tensors = new Map<string, tf.Tensor>([[input, images]]);
    const done = new Set<string>();
    for (const { id, layer, inputs, outputs: names, training, chain, padding } of steps) {
      if (done.has(id)) continue;
      const values = inputs.map((name) => tensors.get(name) as tf.Tensor);
      const followers =
        chain === null
          ? null
          : { addend: chain.addend === null ? null : (tensors.get(chain.addend) as tf.Tensor), done: false };
      const result = layer.apply(values.length === 1 ? (values[0] as tf.Tensor) : values, {
        training,
        ...(followers === null ? {} : { followers }),
        ...(padding === undefined ? {} : { padding }),
      });
      const list = (Array.isArray(result) ? result : [result]) as tf.Tensor[];
      if (chain !== null && followers?.done === true) {
        tensors.set(chain.output, list[0] as tf.Tensor);
        for (const node of chain.nodes) done.add(node);
      } else for (const [index, name] of names.entries()) tensors.set(name, list[index] as tf.Tensor);
    }
    return outputs.map((name) => tensors.get(name) as tf.Tensor2D);
  };
}
