import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { GraphBuilder } from './graph/graph-builder';
import type { Value } from './layers/value';

/** The luma of ITU-R BT.601, by which colour images are made grey nearly everywhere. */
const LUMA = [0.299, 0.587, 0.114];

/**
 * A colour input in front of a network that takes grey images: `[batch, 3, height, width]`, each colour preprocessed as
 * the network's one channel is. The weights add up to 1, so a grey image in three equal channels stays what it was.
 *
 * @param gray The network's own input.
 * @returns the input of the graph, and what the network reads
 * @throws ArgumentError if the network does not take grey images
 */
export function readColors(
  graph: GraphBuilder,
  gray: Value,
): { readonly input: Value; readonly gray: Value } {
  const [height, width, channels] = gray.shape;
  if (gray.shape.length !== 3 || channels !== 1) {
    throw new ArgumentError({
      where: 'exportConditional(options.colorInput)',
      rule: 'the network takes images of one channel, which colours can be turned into',
      received: `[${gray.shape.join(', ')}]`,
    });
  }
  const weights = graph.constant('luma', 'float32', [LUMA.length, 1, 1], Float32Array.from(LUMA));
  const weighted = graph.add('Mul', [gray.name, weights], {}, 'weighted_colors');
  const name = graph.add('ReduceSum', [weighted, graph.integers([1])], { keepdims: { int: 1 } }, 'gray');
  // What was measured on the network's own input is true of what it reads here.
  const origin = graph.originOf(gray.name);
  if (origin !== null) graph.setOrigin(name, origin);
  return { input: { ...gray, shape: [height!, width!, LUMA.length] }, gray: { ...gray, name } };
}

/** What a network with a colour input says about itself. */
export function describeColors(metadata: MultiExitMetadata): MultiExitMetadata {
  const { preprocessing } = metadata;
  if (preprocessing === null) return metadata;
  const [height, width] = preprocessing.inputShape;
  const repeat = ([value]: readonly number[]): number[] => LUMA.map(() => value!);
  return {
    ...metadata,
    preprocessing: {
      ...preprocessing,
      inputShape: [height, width, LUMA.length],
      mean: repeat(preprocessing.mean),
      standardDeviation: repeat(preprocessing.standardDeviation),
    },
  };
}
