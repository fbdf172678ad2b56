import type { ArrangedTensor } from './arranged-tensor';
import { plainAxes, sizesOf, symbolicSize } from './arranged-tensor';
import type { NetworkBuilder } from './network-builder';

/**
 * Gives a tensor another shape. Axes are divided and joined in the bookkeeping only; a layer is added only where an
 * axis of the network has to be divided, and data are transposed only where the old and the new axes do not nest.
 *
 * @param sizes the new shape without the batch, with as many numbers as before
 */
export function reshapeTensor(
  builder: NetworkBuilder,
  tensor: ArrangedTensor,
  sizes: readonly number[],
): ArrangedTensor {
  const divided = divide(tensor, sizes);
  if (divided === null) {
    const plain = builder.asPlain(tensor);
    return builder.reshaped(plain, sizes, plainAxes(sizes.length));
  }
  const { groups, order } = divided;
  const numbers = new Map(order.map((atom, index) => [atom, index + 1]));
  const axes = groups.map((group) => group.map((atom) => numbers.get(atom)!));
  const isDivided = order.length > tensor.symbolic.rank - 1;
  if (!isDivided) return { ...tensor, axes };
  return builder.reshaped(
    tensor,
    order.map(({ size }) => size),
    axes,
  );
}

interface Atom {
  readonly size: number;
}

/** Which parts of the network's axes make up each of the new ones; null where they do not nest. */
function divide(
  tensor: ArrangedTensor,
  sizes: readonly number[],
): { readonly groups: Atom[][]; readonly order: Atom[] } | null {
  const whole = Array.from({ length: tensor.symbolic.rank - 1 }, (_, axis): Atom => ({
    size: symbolicSize(tensor, axis + 1),
  }));
  let order = whole;
  const waiting = tensor.axes.flatMap((group) => group.map((axis) => whole[axis - 1]!));
  const groups: Atom[][] = [];
  for (const size of sizes) {
    const group: Atom[] = [];
    let left = size;
    while (left > 1) {
      const next = waiting.shift();
      if (next === undefined) return null;
      if (left % next.size === 0) {
        group.push(next);
        left /= next.size;
      } else if (next.size % left === 0) {
        const [slow, fast]: [Atom, Atom] = [{ size: left }, { size: next.size / left }];
        order = order.flatMap((atom) => (atom === next ? [slow, fast] : [atom]));
        waiting.unshift(fast);
        group.push(slow);
        left = 1;
      } else {
        return null;
      }
    }
    groups.push(group);
  }
  if (waiting.some(({ size }) => size > 1)) return null;
  // Axes of size 1 that are left over belong to any of the new ones.
  if (waiting.length > 0 && groups.length === 0) return null;
  groups.at(-1)?.push(...waiting);
  return { groups, order };
}

/** Removes axes of size 1. */
export function squeezeTensor(tensor: ArrangedTensor, axes: readonly number[]): ArrangedTensor | null {
  const sizes = sizesOf(tensor);
  if (axes.some((axis) => sizes[axis] !== 1)) return null;
  const kept = tensor.axes.filter((_, axis) => !axes.includes(axis)).map((group) => [...group]);
  const freed = axes.flatMap((axis) => tensor.axes[axis]!);
  if (kept.length === 0) return null;
  kept.at(-1)!.push(...freed);
  return { ...tensor, axes: kept };
}
