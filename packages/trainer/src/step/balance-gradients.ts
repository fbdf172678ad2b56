import { ancestors, backboneNodes, type LayerGraph, type LayerGraphNode } from '@earlyexit/profiler';
import { tf } from '../tf';

/**
 * Gradient equilibrium (Li et al., "Improved Techniques for Training Adaptive Deep Networks", ICCV 2019): where exit i of K
 * reads the backbone, i counted from 0, the gradient of its head is divided by K − i, and that of everything later is
 * multiplied by (K − i − 1) / (K − i). So what reaches a layer does not grow with the number of exits behind it. The
 * forward pass is the same.
 *
 * @returns the nodes of the graph in their order, with two more at each exit that pass a tensor on
 */
export function balanceGradients({
  nodes,
  outputs,
}: Pick<LayerGraph, 'nodes' | 'outputs'>): LayerGraphNode[] {
  const graph = { nodes, outputs } as LayerGraph;
  const exits = outputs.length;
  const backbone = backboneNodes(graph);
  const ofBackbone = new Set(nodes.filter((node) => backbone.has(node.id)).flatMap((node) => node.outputs));
  /** By the tensor that a head reads: the index of its exit, and the nodes of the head that read it. */
  const forks = new Map<string, { exit: number; head: Set<string> }>();
  for (const [exit, output] of outputs.slice(0, -1).entries()) {
    const needed = ancestors(graph, [output]);
    for (const node of nodes) {
      if (!needed.has(node.id) || backbone.has(node.id)) continue;
      for (const tensor of node.inputs.filter((input) => ofBackbone.has(input))) {
        const fork = forks.get(tensor) ?? { exit, head: new Set() };
        forks.set(tensor, fork);
        fork.head.add(node.id);
      }
    }
  }
  return nodes.flatMap((node) => {
    const inputs = node.inputs.map((tensor) => {
      const fork = forks.get(tensor);
      return fork === undefined ? tensor : fork.head.has(node.id) ? `${tensor}@head` : `${tensor}@later`;
    });
    const passing = node.outputs.flatMap((tensor) => {
      const fork = forks.get(tensor);
      if (fork === undefined) return [];
      const left = exits - fork.exit;
      return [
        scalingNode(node, tensor, `${tensor}@head`, 1 / left),
        scalingNode(node, tensor, `${tensor}@later`, (left - 1) / left),
      ];
    });
    return [{ ...node, inputs }, ...passing];
  });
}

/** A node that hands a tensor on as it is, and multiplies the gradient that comes back. */
function scalingNode(before: LayerGraphNode, input: string, output: string, factor: number): LayerGraphNode {
  const layer = { apply: (tensor: tf.Tensor) => scaleGradient(tensor, factor), getConfig: () => ({}) };
  return {
    ...before,
    ...{ id: output, name: output, className: 'ScaledGradient', inputs: [input], outputs: [output] },
    layer: layer as unknown as LayerGraphNode['layer'],
  };
}

function scaleGradient(tensor: tf.Tensor, factor: number): tf.Tensor {
  return tf.customGrad((...given) => {
    const [value] = given as unknown as [tf.Tensor];
    return { value: tf.clone(value), gradFunc: (upstream: tf.Tensor) => tf.mul(upstream, factor) };
  })(tensor);
}
