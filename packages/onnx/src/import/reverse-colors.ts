import type { NodeMessage } from '../protobuf/messages';
import { type Constant, constant } from './constant';
import { wholeAt } from './node-settings';
import type { Value } from './operators/operator';
import { refuseNode } from './refuse-node';

/** Operators that keep the order of the colours. */
const PASSING = new Set(['Identity', 'Cast', 'Transpose', 'Pad']);

/**
 * Makes a network that takes blue first take red first, by reversing the weights that read the colours.
 *
 * @returns the nodes, some with other weights, which are added to `values`
 * @throws DataError if anything but a convolution reads the colours
 */
export function reverseColors(
  nodes: readonly NodeMessage[],
  image: string,
  values: Map<string, Value>,
): NodeMessage[] {
  const colored = new Set([image]);
  return nodes.map((node) => {
    const place = node.input.findIndex((name) => colored.has(name));
    if (place < 0) return node;
    const others = node.input.map((name) => values.get(name)).filter((value) => value?.kind === 'constant');
    const isNumber = ['Add', 'Sub', 'Mul', 'Div'].includes(node.opType) && others[0]?.data.length === 1;
    if (PASSING.has(node.opType) || isNumber) {
      colored.add(node.output[0]!);
      return node;
    }
    const weights = values.get(node.input[1] ?? '');
    if (node.opType === 'Conv' && weights?.kind === 'constant' && wholeAt(node, 'group', 1) === 1) {
      const name = `${node.input[1]!}_reversed`;
      values.set(name, reversed(weights));
      return { ...node, input: [node.input[0]!, name, ...node.input.slice(2)] };
    }
    return refuseNode(
      node,
      'the order of the colours is turned in the first convolution',
      'another operator before it',
    );
  });
}

/** `[filters, colours, height, width]` with the colours reversed. */
function reversed({ dims, data, isFloat }: Constant): Constant {
  const [, colors = 1, ...rest] = dims;
  const area = rest.reduce((product, size) => product * size, 1);
  const turned = Float32Array.from(data, (_, index) => {
    const [filter, color] = [Math.floor(index / (colors * area)), Math.floor(index / area) % colors];
    return data[(filter * colors + colors - 1 - color) * area + (index % area)]!;
  });
  return constant(dims, turned, isFloat);
}
