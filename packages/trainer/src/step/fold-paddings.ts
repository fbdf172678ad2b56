import type { LayerGraphNode } from '@earlyexit/profiler';

/** Rows and columns of zeros around an image: `[[top, bottom], [left, right]]`. */
export type Padding = readonly [readonly [number, number], readonly [number, number]];

/** A convolution that pads its image itself. */
export interface FoldedPadding {
  /** Tensor id of the image before it is padded. */
  readonly image: string;
  readonly padding: Padding;
}

/** Paddings that need not be computed. */
export interface FoldedPaddings {
  /** Ids of the nodes that are left out. */
  readonly left: ReadonlySet<string>;
  /** By the id of the convolution's node. */
  readonly convolutions: ReadonlyMap<string, FoldedPadding>;
}

/**
 * Finds the paddings that only convolutions read, all of which can pad by themselves: an engine whose convolution layers do
 * sets `takesPadding` on their `call` (@earlyexit/backend), and takes `padding` beside `training`.
 *
 * @param nodes in the order in which they run
 * @param kept tensor ids that somebody outside the graph reads
 */
export function foldPaddings(nodes: readonly LayerGraphNode[], kept: ReadonlySet<string>): FoldedPaddings {
  const left = new Set<string>();
  const convolutions = new Map<string, FoldedPadding>();
  for (const { id, className, inputs, outputs, layer } of nodes) {
    const [image, padded] = [inputs[0]!, outputs[0]!];
    const { padding, dataFormat } = layer.getConfig() as { padding?: Padding; dataFormat?: string };
    if (className !== 'ZeroPadding2D' || padding === undefined || kept.has(padded)) continue;
    const readers = nodes.filter((node) => node.inputs.includes(padded));
    if (dataFormat === 'channelsFirst' || !readers.every(takesPadding)) continue;
    left.add(id);
    for (const reader of readers) convolutions.set(reader.id, { image, padding });
  }
  return { left, convolutions };
}

function takesPadding({ className, layer }: LayerGraphNode): boolean {
  const { padding, dataFormat } = layer.getConfig() as { padding?: unknown; dataFormat?: string };
  const { call } = layer as unknown as { call: { takesPadding?: boolean } };
  return (
    className === 'Conv2D' &&
    padding === 'valid' &&
    dataFormat !== 'channelsFirst' &&
    call.takesPadding === true
  );
}
