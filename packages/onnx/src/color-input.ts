import type { MultiExitMetadata, Preprocessing } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { GraphBuilder } from './graph/graph-builder';
import type { Value } from './layers/value';

/** The luma of ITU-R BT.601, which nearly everyone uses to turn colour images grey. */
const LUMA = [0.299, 0.587, 0.114];

/**
 * A colour input in front of a network that takes grey images: `[batch, 3, height, width]`, each colour preprocessed as
 * the network's one channel is. The weights add up to 1, so a grey image in three equal channels stays what it was. Where
 * the preprocessing is known, grey is rounded to a byte as it is where images are read: the same image gets the same
 * answer.
 *
 * @param gray The network's own input.
 * @returns the input of the graph, and what the network reads
 * @throws ArgumentError if the network does not take grey images
 */
export function readColors(
  graph: GraphBuilder,
  gray: Value,
  preprocessing: Preprocessing | null,
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
  const luma = graph.add('ReduceSum', [weighted, graph.integers([1])], { keepdims: { int: 1 } }, 'gray');
  const name = preprocessing === null ? luma : roundToByte(graph, luma, preprocessing);
  // What was measured on the network's own input holds for what it reads here.
  const origin = graph.originOf(gray.name);
  if (origin !== null) graph.setOrigin(name, origin);
  return { input: { ...gray, shape: [height!, width!, LUMA.length] }, gray: { ...gray, name } };
}

const LARGEST_BYTE = 255;

/** Preprocessed grey, as if it had been rounded to a byte first. */
function roundToByte(graph: GraphBuilder, luma: string, { mean, standardDeviation }: Preprocessing): string {
  const number = (name: string, value: number): string =>
    graph.constant(name, 'float32', [], Float32Array.of(value));
  const [center, spread] = [mean[0]!, standardDeviation[0]!];
  const scaled = graph.add('Mul', [luma, number('byte_scale', spread * LARGEST_BYTE)], {}, 'gray_scaled');
  // Halves go up, as in Math.round.
  const raised = graph.add(
    'Add',
    [scaled, number('byte_mean', center * LARGEST_BYTE + 0.5)],
    {},
    'gray_raised',
  );
  const byte = graph.add('Floor', [raised], {}, 'gray_byte');
  const back = graph.add('Mul', [byte, number('byte_step', 1 / (LARGEST_BYTE * spread))], {}, 'gray_back');
  return graph.add('Add', [back, number('byte_offset', -center / spread)], {}, 'gray_rounded');
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
