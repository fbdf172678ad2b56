import { tfl } from '../../tf';
import { type ArrangedTensor, plainAxes, symbolicSize } from '../arranged-tensor';
import type { Constant } from '../constant';
import { numberAt, wholeAt } from '../node-settings';
import { refuseNode } from '../refuse-node';
import { constantAt, optionalAt, shapeText, tensorAt } from './operands';
import type { Conversion, Operator } from './operator';

/** `Gemm`: `alpha · x · weights + beta · bias` */
export const gemm: Operator = (conversion) => {
  const { node } = conversion;
  if (wholeAt(node, 'transA', 0) !== 0) refuseNode(node, 'transA is 0', '1');
  const weights = constantAt(conversion, 1);
  const [alpha, beta] = [numberAt(node, 'alpha', 1), numberAt(node, 'beta', 1)];
  const bias = optionalAt(conversion, 2);
  return dense(conversion, tensorAt(conversion, 0), {
    weights,
    isTurned: wholeAt(node, 'transB', 0) !== 0,
    bias: bias === null ? null : { ...bias, data: Array.from(bias.data, (value) => value * beta) },
    alpha,
  });
};

/** `MatMul` with weights, and a bias that was added after it. */
export const matMul: Operator = (conversion) =>
  dense(conversion, tensorAt(conversion, 0), {
    weights: constantAt(conversion, 1),
    isTurned: false,
    bias: optionalAt(conversion, 2),
    alpha: 1,
  });

interface Product {
  readonly weights: Constant;
  /** Whether the weights are `[units, inputs]`. */
  readonly isTurned: boolean;
  readonly bias: Constant | null;
  readonly alpha: number;
}

function dense({ node, builder, name }: Conversion, input: ArrangedTensor, product: Product): ArrangedTensor {
  const { weights, isTurned, bias, alpha } = product;
  const [inputs = 0, units = 0] = isTurned ? weights.dims.toReversed() : weights.dims;
  const isFlat = input.axes.length === 1;
  const { tensor, rows } = isFlat ? flatten(input) : { tensor: builder.asPlain(input), rows: null };
  const width = tensor.symbolic.shape.at(-1);
  const isBiased = bias !== null && [1, units].includes(bias.data.length);
  if (weights.dims.length !== 2 || width !== inputs || (bias !== null && !isBiased)) {
    refuseNode(node, 'its weights fit its input', `[${weights.dims.join(', ')}] for ${shapeText(input)}`);
  }
  const kernel = new Float32Array(inputs * units);
  const { data } = weights;
  for (let row = 0; row < inputs; row++) {
    const from = rows === null ? row : rows[row]!;
    const [start, step] = isTurned ? [from, inputs] : [from * units, 1];
    for (let unit = 0; unit < units; unit++) kernel[row * units + unit] = alpha * data[start + unit * step]!;
  }
  const layer = tfl.layers.dense({ units, useBias: bias !== null, name: builder.unique(name) });
  const values =
    bias === null
      ? null
      : Float32Array.from({ length: units }, (_, i) => bias.data[bias.data.length === 1 ? 0 : i]!);
  const symbolic = builder.apply(layer, [tensor.symbolic], { kernel, bias: values });
  return {
    kind: 'tensor',
    symbolic,
    axes: isFlat ? [[1]] : plainAxes(symbolic.rank - 1),
    nonNegative: false,
  };

  /**
   * Flattens the input in the network's order; the rows of the weights are reordered to match, so that no data are
   * transposed.
   */
  function flatten(flat: ArrangedTensor): {
    readonly tensor: ArrangedTensor;
    readonly rows: Int32Array | null;
  } {
    const axes = flat.axes[0]!;
    const ordered = [...axes].sort((a, b) => a - b);
    const laid = builder.asPlain({ ...flat, axes: [ordered] });
    return { tensor: laid, rows: axes.join() === ordered.join() ? null : rowsOf(flat, axes, ordered) };
  }
}

/** For each number in the network's order, its index in the file's. */
function rowsOf(tensor: ArrangedTensor, axes: readonly number[], ordered: readonly number[]): Int32Array {
  const sizes = ordered.map((axis) => symbolicSize(tensor, axis));
  const steps = ordered.map((axis) =>
    axes.slice(axes.indexOf(axis) + 1).reduce((product, faster) => product * symbolicSize(tensor, faster), 1),
  );
  const rows = new Int32Array(sizes.reduce((product, size) => product * size, 1));
  const at = sizes.map(() => 0);
  for (let row = 0; row < rows.length; row++) {
    rows[row] = at.reduce((sum, position, axis) => sum + position * steps[axis]!, 0);
    for (let axis = at.length - 1; axis >= 0 && ++at[axis]! === sizes[axis]; axis--) at[axis] = 0;
  }
  return rows;
}
