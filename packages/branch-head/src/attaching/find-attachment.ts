import { ArgumentError, nearestNames } from '@earlyexit/core';
import { type LayerGraph, type LayerGraphNode, type Shape } from '@earlyexit/profiler';

/** The tensor that an exit reads. */
export interface Attachment {
  readonly tensorId: string;
  readonly node: LayerGraphNode;
  /** With the batch axis. */
  readonly shape: Shape;
}

/** The most layers that an error message lists. */
const LONGEST_LIST = 8;

/**
 * Finds the layer output named `after`: a layer's name, `name#2` for its second application, `name:1` for the second of
 * several outputs, or the bare name of a layer inside a nested model if no other layer has it.
 *
 * @throws ArgumentError if there is none, with the nearest names and the layers of `candidates`.
 */
export function findAttachment(
  graph: LayerGraph,
  after: string,
  where: string,
  candidates: readonly LayerGraphNode[],
): Attachment {
  const byTensor = graph.nodes.find((node) => node.outputs.includes(after));
  if (byTensor !== undefined) {
    return {
      tensorId: after,
      node: byTensor,
      shape: byTensor.outputShapes[byTensor.outputs.indexOf(after)]!,
    };
  }
  const named = graph.nodes.filter((node) => node.id === after || node.layer.name === after);
  const [node] = named;
  if (node !== undefined && named.length === 1 && node.outputs.length === 1) {
    return { tensorId: node.outputs[0]!, node, shape: node.outputShapes[0]! };
  }
  if (node !== undefined) {
    throw new ArgumentError({
      where,
      rule: 'an exit reads one tensor',
      received: `'${after}', which names ${String(named.flatMap((each) => each.outputs).length)}`,
      remedy: `Write one of ${named.flatMap((each) => each.outputs).join(', ')}`,
    });
  }
  const names = graph.nodes.map((each) => each.id);
  const near = nearestNames(after, names);
  throw new ArgumentError({
    where,
    rule: `an exit is attached after a layer of the network`,
    received: `'${after}', which is none`,
    remedy:
      (near.length === 0 ? '' : `Did you mean ${near.map((name) => `'${name}'`).join(' or ')}? `) +
      `This head fits after ${listLayers(candidates)}`,
  });
}

/** Names of layers for an error message; the middle is left out if there are many. */
export function listLayers(nodes: readonly LayerGraphNode[]): string {
  const names = nodes.map((node) => node.id);
  if (names.length === 0) return 'no layer of this network';
  if (names.length <= LONGEST_LIST) return names.join(', ');
  const half = LONGEST_LIST / 2;
  return `${names.slice(0, half).join(', ')}, … ${names.slice(-half).join(', ')} (${String(names.length)} layers)`;
}
