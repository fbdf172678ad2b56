import { DataError } from '@earlyexit/exit-criteria';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HostTensor, readSafetensors, writeSafetensors } from './safetensors';

const tensor = (shape: number[], values: number[]): HostTensor => ({
  shape,
  values: Float32Array.from(values),
});
const example = new Map([
  ['conv1/kernel', tensor([2, 2], [1, -2, Number.NaN, 1e-40])],
  ['größe', tensor([], [Infinity])],
  ['nothing', tensor([0, 3], [])],
]);

describe('safetensors', () => {
  it('gives back bit by bit what was written, in order', () => {
    const read = readSafetensors(writeSafetensors(example), 'x');
    expect([...read.keys()]).toEqual([...example.keys()]);
    for (const [name, { shape, values }] of example) {
      expect(read.get(name)!.shape).toEqual(shape);
      expect(new Uint32Array(read.get(name)!.values.buffer)).toEqual(new Uint32Array(values.buffer));
    }
  });

  it('reads from a Buffer that is part of a larger one', () => {
    const file = writeSafetensors(example);
    const larger = Buffer.concat([Buffer.alloc(3), file, Buffer.alloc(5)]);
    const read = readSafetensors(larger.subarray(3, 3 + file.length), 'x');
    expect([...read.get('conv1/kernel')!.values]).toEqual([...example.get('conv1/kernel')!.values]);
  });

  it('is laid out as the format says', () => {
    const file = writeSafetensors(new Map([['a', tensor([1], [1])]]));
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString())).toEqual({
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    });
    expect([...file.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('refuses a file cut anywhere, or with something appended', () => {
    const file = writeSafetensors(example);
    for (let length = 0; length < file.length; length += 1) {
      expect(() => readSafetensors(file.slice(0, length), 'x')).toThrow(DataError);
    }
    expect(() => readSafetensors(Uint8Array.from([...file, 0]), 'x')).toThrow(DataError);
  });

  const withHeader = (header: unknown, data = 4): Uint8Array => {
    const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const file = new Uint8Array(8 + text.length + data);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    return file;
  };
  const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

  it.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an entry that is no object', { a: 3 }],
    ['another type', { a: { ...entry, dtype: 'F16' } }],
    ['no shape', { a: { ...entry, shape: undefined } }],
    ['a negative size', { a: { ...entry, shape: [-1] } }],
    ['a fraction', { a: { ...entry, shape: [0.5] } }],
    ['sizes that do not match the bytes', { a: { ...entry, shape: [2] } }],
    ['sizes beyond any memory', { a: { ...entry, shape: [2 ** 50, 2 ** 50] } }],
    ['a gap', { a: { ...entry, data_offsets: [4, 8] } }],
    ['an overlap', { a: entry, b: entry }],
    ['offsets that are no numbers', { a: { ...entry, data_offsets: ['0', '4'] } }],
    ['bytes that no tensor takes', {}],
  ])('refuses %s', (_, header) => {
    expect(() => readSafetensors(withHeader(header), 'x')).toThrow(DataError);
  });

  it('takes a header with metadata', () => {
    expect([
      ...readSafetensors(withHeader({ __metadata__: { format: 'pt' }, a: entry }), 'x').keys(),
    ]).toEqual(['a']);
  });

  it('refuses a header length beyond the file without allocating it', () => {
    const file = writeSafetensors(example);
    new DataView(file.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => readSafetensors(file, 'x')).toThrow(/header must lie within the file/);
  });

  it('reads or refuses any mutation, and nothing else', () => {
    const file = writeSafetensors(example);
    fc.assert(
      fc.property(fc.nat({ max: file.length - 1 }), fc.nat({ max: 255 }), (position, value) => {
        const mutated = file.slice();
        mutated[position] = value;
        try {
          readSafetensors(mutated, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
