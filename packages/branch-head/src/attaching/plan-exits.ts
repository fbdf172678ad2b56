import { ArgumentError } from '@earlyexit/core';
import { ancestors, countMacs, type LayerGraph } from '@earlyexit/profiler';
import type { ExitSpecification } from './exit-specification';
import { type Attachment, findAttachment, listLayers } from './find-attachment';
import type { HeadBuilder } from '../heads/head';
import type { LogitsGraph } from './logits-graph';
import { headsFor, resolveHead } from './resolve-head';

/** An exit whose place and head are known to fit. */
export interface PlannedExit {
  readonly attachment: Attachment;
  readonly head: string;
  readonly build: HeadBuilder;
  readonly name: string | null;
  readonly lossWeight: number | null;
  readonly depth: number;
}

/**
 * Finds, checks and orders the exits.
 *
 * @throws ArgumentError for an unknown layer or head, a head that does not fit, two exits at one place, or an exit
 * after the final logits.
 */
export function planExits(
  opened: LogitsGraph,
  exits: readonly ExitSpecification[],
  lossWeights: readonly number[] | null,
): PlannedExit[] {
  const { graph, logitsId } = opened;
  const before = ancestors(graph, [logitsId]);
  const places = graph.nodes.filter((node) => before.has(node.id) && !node.outputs.includes(logitsId));
  // An exit on the raw input is possible, but not worth suggesting.
  const suggestions = places.filter((node) => node.className !== 'InputLayer');
  const planned = exits.map((exit, index): PlannedExit => {
    const where = `attachExits(exits[${String(index)}])`;
    const head = resolveHead(exit.head, where);
    const fitting = suggestions.filter((node) => head.misfit(node.outputShapes[0]!.slice(1)) === null);
    const attachment = findAttachment(graph, exit.after, where, fitting);
    if (!places.includes(attachment.node)) {
      throw new ArgumentError({
        where,
        rule: 'an exit lies before the final logits',
        received: `'${exit.after}', at or after the final classifier`,
        remedy: `This head fits after ${listLayers(fitting)}`,
      });
    }
    const rule = head.misfit(attachment.shape.slice(1));
    if (rule !== null) {
      throw new ArgumentError({
        where,
        rule: `the head '${head.name}' ${rule}`,
        received: `'${exit.after}' with [${attachment.shape.slice(1).map(String).join(', ')}]`,
        remedy: `It fits after ${listLayers(fitting)}; after '${exit.after}' fit: ${headsFor(attachment.shape.slice(1))}`,
      });
    }
    return {
      attachment,
      head: head.name,
      build: head.build,
      name: exit.name ?? null,
      lossWeight: lossWeights?.[index] ?? null,
      depth: depthOf(graph, attachment.tensorId),
    };
  });
  const ordered = planned.sort((a, b) => a.depth - b.depth);
  ordered.forEach((exit, index) => {
    const earlier = ordered
      .slice(0, index)
      .find((other) => other.attachment.tensorId === exit.attachment.tensorId);
    if (earlier === undefined) return;
    throw new ArgumentError({
      where: 'attachExits(exits)',
      rule: 'there is at least one layer between two exits',
      received: `two exits after '${exit.attachment.tensorId}'`,
    });
  });
  return ordered;
}

/** How far into the network a tensor lies: by multiply-accumulates, and by layers where those are equal. */
function depthOf(graph: LayerGraph, tensorId: string): number {
  const needed = ancestors(graph, [tensorId]);
  const nodes = graph.nodes.filter((node) => needed.has(node.id));
  const macs = nodes.reduce((sum, node) => sum + countMacs(node), 0);
  return macs + nodes.length / (graph.nodes.length + 1);
}
