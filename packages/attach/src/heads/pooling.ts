import type { GraphBuilder, TensorFacts } from '@earlyexit/onnx/foreign';

/** How a tensor becomes a row of numbers that a head reads. */
export interface Pooling {
  /** A map is averaged over so many fields a side, and the largest of each channel taken in so many; null: no map. */
  readonly fields: { readonly mean: number; readonly largest: number } | null;
  /** How many numbers come out. */
  readonly size: number;
}

/** A head that reads more than this learns slowly, and from few images the wrong things. */
const MOST_NUMBERS = 1300;
/** From fine to coarse: where things are matters most to a head near the input. */
const FIELDS = [
  { mean: 4, largest: 2 },
  { mean: 2, largest: 1 },
  { mean: 1, largest: 1 },
] as const;

/** How a tensor is pooled; `null` where it cannot be. */
export function poolingOf({ dims, type }: TensorFacts): Pooling | null {
  if (type !== 'float32' && type !== 'float16') return null;
  const [, channels = 0, height = 0, width = 0] = dims;
  if (dims.length === 4) {
    const numbersOf = ({ mean, largest }: { mean: number; largest: number }): number =>
      channels * (mean ** 2 + largest ** 2);
    const fields =
      FIELDS.find((each) => numbersOf(each) <= MOST_NUMBERS && each.mean <= Math.min(height, width)) ??
      FIELDS[2];
    return { fields, size: numbersOf(fields) };
  }
  if (dims.length === 3) return { fields: null, size: 2 * height };
  return dims.length === 2 ? { fields: null, size: channels } : null;
}

/**
 * Writes the numbers that a head reads, `[batch, numbers]` float32: means and largest values of each channel of a map by
 * fields, or of each feature of a row of tokens.
 */
export function writePooled(graph: GraphBuilder, tensor: string, facts: TensorFacts): string {
  const { dims, type } = facts;
  const name = type === 'float32' ? tensor : graph.add('Cast', [tensor], { to: { int: 1 } });
  if (dims.length === 2) return name;
  // Tokens become a map of one row.
  const map =
    dims.length === 4
      ? name
      : graph.add('Unsqueeze', [
          graph.add('Transpose', [name], { perm: { ints: [0, 2, 1] } }),
          graph.integers([3]),
        ]);
  const { fields } = poolingOf(facts)!;
  const pools = [
    writePool(graph, map, facts, 'Average', fields?.mean ?? 1),
    writePool(graph, map, facts, 'Max', fields?.largest ?? 1),
  ];
  const flat = pools.map((pool) => graph.add('Flatten', [pool]));
  return graph.add('Concat', flat, { axis: { int: 1 } }, 'pooled');
}

/** Fields of the same size that cover everything, and overlap where the map cannot be divided. */
function writePool(
  graph: GraphBuilder,
  map: string,
  { dims }: TensorFacts,
  kind: 'Average' | 'Max',
  fields: number,
): string {
  if (fields === 1) return graph.add(`Global${kind}Pool`, [map]);
  const steps = dims.slice(2).map((length) => Math.floor(length / fields));
  const kernel = dims.slice(2).map((length, axis) => length - (fields - 1) * steps[axis]!);
  return graph.add(`${kind}Pool`, [map], { kernel_shape: { ints: kernel }, strides: { ints: steps } });
}
