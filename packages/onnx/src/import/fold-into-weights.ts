import type { NodeMessage } from '../protobuf/messages';
import { type Constant, constant } from './constant';
import { numberAt, wholeAt } from './node-settings';
import type { Value } from './operators/operator';

const LEADING = new Set(['Conv', 'MatMul', 'Gemm']);
const AFFINE = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * Folds what is multiplied with or added to the channels after a convolution or a matrix product into its weights and
 * bias: separate biases, and normalisation that was exported as two numbers per channel.
 *
 * @returns the nodes that are left; their new weights are added to `values`
 */
export function foldIntoWeights(
  nodes: readonly NodeMessage[],
  values: Map<string, Value>,
  logits: string,
): NodeMessage[] {
  const readers = new Map<string, NodeMessage[]>();
  for (const node of nodes)
    for (const name of node.input) readers.set(name, [...(readers.get(name) ?? []), node]);
  const gone = new Set<NodeMessage>();
  const constantOf = (name: string | undefined): Constant | null => {
    const value = values.get(name ?? '');
    return value?.kind === 'constant' ? value : null;
  };
  return nodes.flatMap((node) => {
    if (gone.has(node)) return [];
    const weights = constantOf(node.input[1]);
    const channels = LEADING.has(node.opType) && weights !== null ? channelsOf(node, weights) : null;
    if (channels === null) return [node];
    let affine: Affine | null = null;
    let last = node;
    for (;;) {
      const next: NodeMessage[] = readers.get(last.output[0]!) ?? [];
      const step =
        next.length === 1 && last.output[0] !== logits
          ? readAffine(node, next[0]!, last.output[0]!, channels)
          : null;
      if (step === null) break;
      affine = affine === null ? step : chain(affine, step);
      last = next[0]!;
      gone.add(last);
    }
    if (affine === null) return [node];
    const scaled = `${node.input[1]!} of ${node.output[0]!}`;
    const shift = `bias of ${node.output[0]!}`;
    const bias = constantOf(node.input[2]);
    values.set(scaled, scale(node, weights!, channels, affine.factors));
    const beta = node.opType === 'Gemm' ? numberAt(node, 'beta', 1) : 1;
    const own = (i: number): number =>
      bias === null ? 0 : beta * bias.data[bias.data.length === 1 ? 0 : i]!;
    const total = Float32Array.from(
      { length: channels },
      (_, i) => own(i) * affine.factors[i]! + affine.shifts[i]!,
    );
    values.set(shift, constant([channels], total, true));
    const attribute = node.attribute.filter(({ name }) => name !== 'beta');
    return [{ ...node, attribute, input: [node.input[0]!, scaled, shift], output: last.output }];
  });

  /** `factor · x + shift` for each channel, if that is what a node computes and it reads nothing else. */
  function readAffine(leading: NodeMessage, node: NodeMessage, x: string, channels: number): Affine | null {
    if (!AFFINE.has(node.opType)) return null;
    const isBehind = node.input[0] === x;
    const value = constantOf(node.input[isBehind ? 1 : 0]);
    if (value === null || (node.opType === 'Div' && !isBehind)) return null;
    const rank = value.dims.length;
    const wide = value.dims.filter((size) => size !== 1);
    const isOfChannels =
      wide.length === 0 ||
      (wide.length === 1 &&
        wide[0] === channels &&
        meetsChannels(leading, rank, value.dims.indexOf(channels)));
    if (!isOfChannels) return null;
    const each = Float64Array.from(
      { length: channels },
      (_, i) => value.data[value.data.length === 1 ? 0 : i]!,
    );
    const ones = new Float64Array(channels).fill(1);
    const zeros = new Float64Array(channels);
    switch (node.opType) {
      case 'Mul':
        return { factors: each, shifts: zeros };
      case 'Div':
        return { factors: each.map((number) => 1 / number), shifts: zeros };
      case 'Add':
        return { factors: ones, shifts: each };
      default:
        return isBehind
          ? { factors: ones, shifts: each.map((number) => -number) }
          : { factors: ones.map(() => -1), shifts: each };
    }
  }
}

interface Affine {
  readonly factors: Float64Array;
  readonly shifts: Float64Array;
}

function chain(first: Affine, then: Affine): Affine {
  return {
    factors: first.factors.map((factor, i) => factor * then.factors[i]!),
    shifts: first.shifts.map((shift, i) => shift * then.factors[i]! + then.shifts[i]!),
  };
}

/** The number of output channels; null for weights of another form. */
function channelsOf(node: NodeMessage, { dims }: Constant): number | null {
  if (node.opType === 'Conv') return dims[0] ?? null;
  if (dims.length !== 2) return null;
  return (isTurned(node) ? dims[0] : dims[1]) ?? null;
}

function isTurned(node: NodeMessage): boolean {
  return node.opType === 'Gemm' && wholeAt(node, 'transB', 0) !== 0;
}

/**
 * Whether the channels of a constant line up with those of the node: the third axis from the end of a map, otherwise
 * the last.
 */
function meetsChannels({ opType }: NodeMessage, rank: number, axis: number): boolean {
  return opType === 'Conv' ? rank <= 4 && rank - axis === 3 : rank <= 2 && rank - axis === 1;
}

function scale(
  node: NodeMessage,
  { dims, data, isFloat }: Constant,
  channels: number,
  factors: Float64Array,
): Constant {
  const size = data.length / channels;
  const isFirst = node.opType === 'Conv' || isTurned(node);
  const scaled = Float32Array.from(
    data,
    (value, i) => value * factors[isFirst ? Math.floor(i / size) : i % channels]!,
  );
  return constant(dims, scaled, isFloat);
}
