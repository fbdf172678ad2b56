import type { NodeMessage } from '../../protobuf/messages';
import { listAt, pairAt, textAt } from '../node-settings';

/** A window that slides over a map, along one axis. */
export interface Window {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before and after the map, as the file states it. */
  readonly before: number;
  readonly after: number;
  /** The number of positions. */
  readonly positions: number;
  /** Padding after the map that the last position needs; less than `after` where some of it is never reached. */
  readonly reached: number;
  /** Whether this is the padding of `same` in TensorFlow. */
  readonly isSame: boolean;
}

/** The windows of a convolution or a pooling along height and width. */
export function windowsOf(
  node: NodeMessage,
  kernel: readonly number[],
  map: readonly number[],
  roundsUp = false,
): [rows: Window, columns: Window] {
  const strides = pairAt(node, 'strides', 1);
  const dilations = pairAt(node, 'dilations', 1);
  const pads = listAt(node, 'pads') ?? [0, 0, 0, 0];
  const auto = textAt(node, 'auto_pad', 'NOTSET');
  const along = (axis: 0 | 1): Window => {
    const [size, stride, dilation, length] = [kernel[axis]!, strides[axis], dilations[axis], map[axis]!];
    const covered = (size - 1) * dilation + 1;
    const same = Math.max(0, (Math.ceil(length / stride) - 1) * stride + covered - length);
    let [before, after] = [pads[axis]!, pads[axis + 2]!];
    if (auto === 'VALID') [before, after] = [0, 0];
    if (auto === 'SAME_UPPER') [before, after] = [Math.floor(same / 2), Math.ceil(same / 2)];
    if (auto === 'SAME_LOWER') [before, after] = [Math.ceil(same / 2), Math.floor(same / 2)];
    const steps = (length + before + after - covered) / stride;
    let positions = (roundsUp ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // No window begins in the padding after the map.
    if (roundsUp && (positions - 1) * stride >= length + before) positions -= 1;
    const reached = (positions - 1) * stride + covered - length - before;
    const isSame =
      positions === Math.ceil(length / stride) &&
      before === Math.floor(same / 2) &&
      reached <= Math.ceil(same / 2);
    return { size, stride, dilation, before, after, positions, reached, isSame };
  };
  return [along(0), along(1)];
}

/** The zeros to put around a map; null if the window needs none. */
export function paddingOf(windows: readonly [Window, Window]): [[number, number], [number, number]] | null {
  const sides = windows.map(({ before, reached }): [number, number] => [before, Math.max(0, reached)]);
  return sides.flat().some((side) => side > 0) ? (sides as [[number, number], [number, number]]) : null;
}
