import type { GraphBuilder } from '../graph/graph-builder';

/** How a network takes its images, and how they are prepared. */
export interface ForeignInput {
  /** Height, width and channels of an image. */
  readonly size: readonly [height: number, width: number, channels: number];
  /** `channels-first`: `[batch, channels, height, width]`. */
  readonly layout: 'channels-first' | 'channels-last';
  readonly type: 'float32' | 'float16';
  /** `bgr` takes blue first. */
  readonly color: 'rgb' | 'bgr';
  /** One a channel, red first, on pixels scaled to 0…1. */
  readonly mean: readonly number[];
  /** One a channel, red first, on pixels scaled to 0…1. */
  readonly standardDeviation: readonly number[];
}

/**
 * Writes what turns the images of a file, `[batch, channels, height, width]` float32 prepared as `fed` says, into the input
 * of a network that takes them as `wanted` says: another size, another normalisation, another order.
 *
 * @returns the name of the network's input
 */
export function adaptInput(
  graph: GraphBuilder,
  images: string,
  fed: Pick<ForeignInput, 'size' | 'mean' | 'standardDeviation'>,
  wanted: ForeignInput,
): string {
  let name = images;
  const [height, width, channels] = wanted.size;
  if (height !== fed.size[0] || width !== fed.size[1]) {
    const scales = [1, 1, height / fed.size[0], width / fed.size[1]];
    const constant = graph.constant(
      `scales_${height}_${width}`,
      'float32',
      [scales.length],
      Float32Array.from(scales),
    );
    const antialias = graph.opset >= 18 ? { antialias: { int: 1 } } : {};
    name = graph.add('Resize', [name, '', constant], { mode: { string: 'linear' }, ...antialias }, 'resized');
  }
  const factors = wanted.standardDeviation.map(
    (deviation, channel) => fed.standardDeviation[channel]! / deviation,
  );
  const shifts = wanted.mean.map(
    (mean, channel) => (fed.mean[channel]! - mean) / wanted.standardDeviation[channel]!,
  );
  const perChannel = (key: string, values: readonly number[]): string =>
    graph.constant(graph.unique(key), 'float32', [channels, 1, 1], Float32Array.from(values));
  if (
    factors.some((factor) => Math.abs(factor - 1) > 1e-6) ||
    shifts.some((shift) => Math.abs(shift) > 1e-6)
  ) {
    name = graph.add('Mul', [name, perChannel('factors', factors)]);
    name = graph.add('Add', [name, perChannel('shifts', shifts)], {}, 'normalized');
  }
  if (wanted.color === 'bgr')
    name = graph.add('Gather', [name, graph.integers([2, 1, 0])], { axis: { int: 1 } }, 'bgr');
  if (wanted.layout === 'channels-last') {
    name = graph.add('Transpose', [name], { perm: { ints: [0, 2, 3, 1] } }, 'channels_last');
  }
  return wanted.type === 'float16' ? graph.add('Cast', [name], { to: { int: 10 } }, 'half') : name;
}
