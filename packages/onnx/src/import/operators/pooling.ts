import { PaddedPooling2D } from '@earlyexit/branch-head';
import { tfl } from '../../tf';
import { type ArrangedTensor, MAP } from '../arranged-tensor';
import { pairAt, wholeAt } from '../node-settings';
import { refuseNode } from '../refuse-node';
import { axesAt, axisFrom, mapAt, requireInside, tensorAt } from './operands';
import type { Conversion, Operator } from './operator';
import { paddingOf, type Window, windowsOf } from './windows';

/** `MaxPool` */
export const maxPool: Operator = (conversion) => {
  if (conversion.isUsed(1))
    refuseNode(conversion.node, 'only its largest values are read, not where they were');
  const { map, windows } = read(conversion);
  // Zeros do not exceed what is not negative.
  return pool(conversion, map, windows, 'max', map.nonNegative);
};

/** `AveragePool` */
export const averagePool: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const { map, windows } = read(conversion);
  const padding = paddingOf(windows);
  if (wholeAt(node, 'count_include_pad', 0) === 0 || padding === null) {
    return pool(conversion, map, windows, 'average', false);
  }
  // Padded pixels count like any other; what a window covers beyond them does not.
  const counted = windows.map(({ before, after }): [number, number] => [before, after]) as [
    [number, number],
    [number, number],
  ];
  const layer = tfl.layers.zeroPadding2d({ padding: counted, name: builder.unique(`${name}_pad`) });
  const padded = { ...map, symbolic: builder.apply(layer, [map.symbolic]) };
  const rest = windows.map((window) => ({
    ...window,
    before: 0,
    after: 0,
    reached: window.reached - window.after,
    isSame: false,
  })) as [Window, Window];
  return pool(conversion, padded, rest, 'average', false);
};

function read(conversion: Conversion): { readonly map: ArrangedTensor; readonly windows: [Window, Window] } {
  const { node } = conversion;
  const map = mapAt(conversion, 0);
  const [, height, width] = map.symbolic.shape as number[];
  const roundsUp = wholeAt(node, 'ceil_mode', 0) !== 0;
  const windows = windowsOf(node, pairAt(node, 'kernel_shape', 1), [height!, width!], roundsUp);
  if (windows.some(({ dilation }) => dilation !== 1)) refuseNode(node, 'its dilations are 1');
  return { map, windows };
}

function pool(
  { builder, name }: Conversion,
  map: ArrangedTensor,
  windows: readonly [Window, Window],
  pooling: 'max' | 'average',
  padsZeros: boolean,
): ArrangedTensor {
  const both = (each: (window: Window) => number): [number, number] => [each(windows[0]), each(windows[1])];
  const poolSize = both(({ size }) => size);
  const strides = both(({ stride }) => stride);
  const padding = paddingOf(windows);
  let { symbolic } = map;
  const isSame = padding !== null && windows.every((window) => window.isSame);
  if (padding !== null && padsZeros && !isSame) {
    const layer = tfl.layers.zeroPadding2d({ padding, name: builder.unique(`${name}_pad`) });
    symbolic = builder.apply(layer, [symbolic]);
  }
  const unique = builder.unique(name);
  const options = {
    name: unique,
    poolSize,
    strides,
    padding: isSame ? ('same' as const) : ('valid' as const),
  };
  const layer =
    padding !== null && !isSame && !padsZeros
      ? new PaddedPooling2D({ name: unique, pooling, poolSize, strides, padding })
      : pooling === 'max'
        ? tfl.layers.maxPooling2d(options)
        : tfl.layers.averagePooling2d(options);
  return { ...map, symbolic: builder.apply(layer, [symbolic]), axes: MAP };
}

/** `GlobalAveragePool` */
export const globalAveragePool: Operator = (conversion) => poolAll(conversion, 'average', true);

/** `GlobalMaxPool` */
export const globalMaxPool: Operator = (conversion) => poolAll(conversion, 'max', true);

/** `ReduceMean` over height and width */
export const reduceMean: Operator = (conversion) => {
  const { node } = conversion;
  const rank = tensorAt(conversion, 0).axes.length + 1;
  const axes = axesAt(conversion, 1, rank) ?? [];
  requireInside(conversion, axes);
  const sorted = axes.map((axis) => axisFrom(axis, rank)).sort((a, b) => a - b);
  if (rank !== 4 || sorted.join() !== '2,3') {
    refuseNode(node, 'it averages height and width of a map', `axes ${axes.join(', ')} of ${String(rank)}`);
  }
  return poolAll(conversion, 'average', wholeAt(node, 'keepdims', 1) !== 0);
};

function poolAll(conversion: Conversion, pooling: 'max' | 'average', keepsAxes: boolean): ArrangedTensor {
  const { builder, name } = conversion;
  const map = mapAt(conversion, 0);
  const options = { name: builder.unique(name) };
  const layer =
    pooling === 'max' ? tfl.layers.globalMaxPooling2d(options) : tfl.layers.globalAveragePooling2d(options);
  const symbolic = builder.apply(layer, [map.symbolic]);
  return { ...map, symbolic, axes: keepsAxes ? [[1], [], []] : [[1]] };
}
