import { GroupedConv2D } from '@earlyexit/branch-head';
import { tfl } from '../../tf';
import { type ArrangedTensor, MAP } from '../arranged-tensor';
import type { WeightValues } from '../network-builder';
import { wholeAt } from '../node-settings';
import { refuseNode } from '../refuse-node';
import { constantAt, mapAt, optionalAt } from './operands';
import type { Conversion, Operator } from './operator';
import { paddingOf, type Window, windowsOf } from './windows';

/** A convolution of the file. */
interface Kernel {
  readonly filters: number;
  /** Channels that each filter reads. */
  readonly depth: number;
  readonly groups: number;
  /** `[filters, depth, height, width]` */
  readonly data: ArrayLike<number>;
  readonly bias: ArrayLike<number> | null;
  readonly windows: readonly [Window, Window];
}

/** `Conv` in two dimensions */
export const convolution: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const map = mapAt(conversion, 0);
  const weights = constantAt(conversion, 1);
  const [filters = 0, depth = 0, ...size] = weights.dims;
  const groups = wholeAt(node, 'group', 1);
  const [, height, width, channels] = map.symbolic.shape as number[];
  if (size.length !== 2 || depth * groups !== channels || filters % groups !== 0) {
    refuseNode(
      node,
      `it has a kernel of two dimensions for ${String(channels)} channels`,
      `[${weights.dims.join(', ')}], group ${String(groups)}`,
    );
  }
  const windows = windowsOf(node, size, [height!, width!]);
  const bias = optionalAt(conversion, 2)?.data ?? null;
  const kernel: Kernel = { filters, depth, groups, data: weights.data, bias, windows };
  const { padded, isSame } = padForConvolution(conversion, map, kernel);
  const [layer, values] = layerOf(conversion, kernel, name, isSame);
  return {
    kind: 'tensor',
    symbolic: builder.apply(layer, [padded.symbolic], values),
    axes: MAP,
    nonNegative: false,
  };
};

function padForConvolution(
  { builder, name }: Conversion,
  map: ArrangedTensor,
  kernel: Kernel,
): { readonly padded: ArrangedTensor; readonly isSame: boolean } {
  const { windows } = kernel;
  const padding = paddingOf(windows);
  if (padding === null) return { padded: map, isSame: false };
  if (windows.every(({ isSame }) => isSame) && !isGrouped(kernel)) return { padded: map, isSame: true };
  const layer = tfl.layers.zeroPadding2d({ padding, name: builder.unique(`${name}_pad`) });
  return { padded: { ...map, symbolic: builder.apply(layer, [map.symbolic]) }, isSame: false };
}

/** Whether TensorFlow.js has no layer for it: groups, or a depthwise convolution with uneven steps or gaps. */
function isGrouped({ groups, depth, windows: [rows, columns] }: Kernel): boolean {
  if (groups === 1) return false;
  return depth > 1 || rows.stride !== columns.stride || rows.dilation * columns.dilation > 1;
}

function layerOf(
  { node, builder }: Conversion,
  kernel: Kernel,
  wanted: string,
  isSame: boolean,
): [tfl.layers.Layer, WeightValues] {
  const { filters, depth, groups, data, bias, windows } = kernel;
  const [rows, columns] = windows;
  const both = (each: (window: Window) => number): [number, number] => [each(rows), each(columns)];
  const shared = {
    name: builder.unique(wanted),
    kernelSize: both(({ size }) => size),
    strides: both(({ stride }) => stride),
    dilationRate: both(({ dilation }) => dilation),
    useBias: bias !== null,
  };
  const [steps, gaps] = [Math.max(...shared.strides), Math.max(...shared.dilationRate)];
  if (steps > 1 && gaps > 1)
    refuseNode(
      node,
      'TensorFlow.js convolves with steps or with gaps, not with both',
      `strides ${String(steps)}, dilations ${String(gaps)}`,
    );
  const area = rows.size * columns.size;
  /** `[filters, depth, height, width]` to `[height, width, depth, filters]`. */
  const turned = new Float32Array(data.length);
  for (let filter = 0; filter < filters; filter++)
    for (let channel = 0; channel < depth; channel++)
      for (let place = 0; place < area; place++)
        turned[(place * depth + channel) * filters + filter] =
          data[(filter * depth + channel) * area + place]!;
  const padding = isSame ? 'same' : 'valid';
  if (isGrouped(kernel)) return [new GroupedConv2D({ ...shared, filters, groups }), { kernel: turned, bias }];
  if (groups === 1) return [tfl.layers.conv2d({ ...shared, filters, padding }), { kernel: turned, bias }];
  // Both orders group the filters by channel.
  return [
    tfl.layers.depthwiseConv2d({ ...shared, depthMultiplier: filters / groups, padding }),
    { depthwise_kernel: turned, bias },
  ];
}
