import { expect, it } from 'vitest';
import { decodeModel } from './decode-model';

/** A field that holds bytes. */
function field(number: number, content: readonly number[]): number[] {
  const length: number[] = [];
  for (let left = content.length; ; left = Math.floor(left / 128)) {
    length.push((left % 128) | (left >= 128 ? 0x80 : 0));
    if (left < 128) return [number * 8 + 2, ...length, ...content];
  }
}

const GRAPH_OF_MODEL = 7;
const [NODE, ATTRIBUTE, GRAPH_OF_ATTRIBUTE] = [1, 5, 6] as const;
const minusOne = [...Array<number>(9).fill(0xff), 0x01];

it('reads whole numbers with their signs, packed or one by one', () => {
  const packed = field(8, [...minusOne, 3]);
  const single = [8 * 8, ...minusOne, 8 * 8, 0xac, 0x02];
  const node = field(NODE, [...field(ATTRIBUTE, packed), ...field(ATTRIBUTE, single)]);
  const [read] = decodeModel(Uint8Array.from(field(GRAPH_OF_MODEL, node))).graph!.node;
  expect(read!.attribute.map(({ ints }) => ints)).toEqual([
    [-1, 3],
    [-1, 300],
  ]);
});

it('ends at graphs that are nested too deep, before the stack does', () => {
  let graph: number[] = [];
  for (let depth = 0; depth < 200; depth++) {
    graph = field(NODE, field(ATTRIBUTE, field(GRAPH_OF_ATTRIBUTE, graph)));
  }
  expect(() => decodeModel(Uint8Array.from(field(GRAPH_OF_MODEL, graph)))).toThrow('nested at most 256 deep');
});

it.each([
  ['a length beyond the end', [0x3a, 0x7f, 0x00], 'lies within its message'],
  ['a length of 2 ** 63', [0x3a, ...Array<number>(9).fill(0x80), 0x01], 'lies within its message'],
  ['an endless number', Array<number>(12).fill(0xff), 'end where their message does'],
  ['functions', [0xca, 0x01, 0x00], 'the fields that earlyexit writes'],
  ['data in another file', field(7, field(5, field(13, []))), 'the fields that earlyexit writes'],
  ['two graphs', [...field(7, []), ...field(7, [])], 'is there once'],
  ['a number where a text belongs', [2 * 8, 1], 'the form of its kind'],
  ['a text that is no UTF-8', field(2, [0xff]), 'texts are UTF-8'],
])('refuses %s', (_, bytes, says) => {
  expect(() => decodeModel(Uint8Array.from(bytes))).toThrow(says);
});
