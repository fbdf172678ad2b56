import type { NodeMessage } from '../protobuf/messages';
import { type Constant, scalarOf } from './constant';
import { numberAt } from './node-settings';

/** Room for the rounding of float32. */
const CLOSE = 1e-3;

/**
 * Replaces activations that were spelled out in several operators by one: `x · sigmoid(x)` is `Swish`, `x ·
 * hardSigmoid(x)` and `x · relu6(x + 3) / 6` are `HardSwish`, `x · (1 + erf(x / √2)) / 2` is `Gelu`.
 *
 * @param constantOf the value of a constant by its name, if it is already known
 */
export function fuseActivations(
  nodes: readonly NodeMessage[],
  constantOf: (name: string) => Constant | undefined,
): NodeMessage[] {
  const makers = new Map(nodes.map((node) => [node.output[0] ?? '', node]));
  const uses = new Map<string, number>();
  for (const name of nodes.flatMap(({ input }) => input)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const dropped = new Set<NodeMessage>();
  const replaced = new Map<NodeMessage, NodeMessage>();

  const isNumber = (name: string, value: number): boolean => {
    const known = constantOf(name);
    const number = known === undefined ? undefined : scalarOf(known);
    return number !== undefined && Math.abs(number - value) < CLOSE;
  };
  /** The node that makes a tensor which nothing else reads, if it is of that kind. */
  const alone = (name: string, opType: string): NodeMessage | null => {
    const maker = makers.get(name);
    return maker?.opType === opType && uses.get(name) === 1 ? maker : null;
  };
  const replace = (node: NodeMessage, opType: string, input: string, parts: readonly NodeMessage[]): void => {
    replaced.set(node, { ...node, opType, input: [input], attribute: [] });
    for (const part of parts) dropped.add(part);
  };
  /** The inputs of a commutative operator, in both orders. */
  const sides = ({ input: [a = '', b = ''] }: NodeMessage): [string, string][] => [
    [a, b],
    [b, a],
  ];

  for (const node of nodes) {
    if (node.opType === 'Mul' || node.opType === 'Div') {
      const swish = findHardSwish(node);
      if (swish !== null) replace(node, 'HardSwish', swish.x, swish.parts);
    }
    if (node.opType !== 'Mul') continue;
    for (const [x, other] of sides(node)) {
      const sigmoid = alone(other, 'Sigmoid');
      if (sigmoid?.input[0] === x) replace(node, 'Swish', x, [sigmoid]);
      const hard = alone(other, 'HardSigmoid');
      const isSixth =
        hard !== null &&
        Math.abs(numberAt(hard, 'alpha', 0.2) - 1 / 6) < CLOSE &&
        Math.abs(numberAt(hard, 'beta', 0.5) - 0.5) < CLOSE;
      if (isSixth && hard.input[0] === x) replace(node, 'HardSwish', x, [hard]);
    }
    const gelu = findGelu(node);
    if (gelu !== null) replace(node, 'Gelu', gelu.x, gelu.parts);
  }
  return nodes.filter((node) => !dropped.has(node)).map((node) => replaced.get(node) ?? node);

  /** `x · relu6(x + 3) / 6` */
  function findHardSwish({
    opType,
    input: [product = '', six = ''],
  }: NodeMessage): { readonly x: string; readonly parts: NodeMessage[] } | null {
    const multiplied = alone(product, 'Mul');
    if (multiplied === null || !isNumber(six, opType === 'Div' ? 6 : 1 / 6)) return null;
    for (const [x, other] of sides(multiplied)) {
      const clip = alone(other, 'Clip');
      const sum = clip === null ? null : alone(clip.input[0]!, 'Add');
      const isSix = clip !== null && isNumber(clip.input[1] ?? '', 0) && isNumber(clip.input[2] ?? '', 6);
      if (sum === null || !isSix) continue;
      if (sides(sum).some(([a, b]) => a === x && isNumber(b, 3)))
        return { x, parts: [multiplied, clip, sum] };
    }
    return null;
  }

  /** The last of three factors x, 1 + erf(x / √2) and a half, in any order. */
  function findGelu(last: NodeMessage): { readonly x: string; readonly parts: NodeMessage[] } | null {
    for (const [first, second] of sides(last)) {
      const inner = alone(first, 'Mul');
      if (inner === null) continue;
      const factors = [second, ...inner.input];
      const half = factors.find((name) => isNumber(name, 0.5));
      const sum = factors.map((name) => alone(name, 'Add')).find((node) => node !== null);
      const x = factors.find((name) => name !== half && name !== sum?.output[0]);
      if (half === undefined || sum === undefined || x === undefined) continue;
      const erf = sides(sum)
        .map(([a, b]) => (isNumber(b, 1) ? alone(a, 'Erf') : null))
        .find((node) => node !== null);
      const scaled = erf == null ? null : (alone(erf.input[0]!, 'Div') ?? alone(erf.input[0]!, 'Mul'));
      if (erf == null || scaled === null || !scaled.input.includes(x)) continue;
      const factor = scaled.input.find((name) => name !== x) ?? '';
      if (isNumber(factor, scaled.opType === 'Div' ? Math.SQRT2 : Math.SQRT1_2))
        return { x, parts: [inner, sum, erf, scaled] };
    }
    return null;
  }
}
