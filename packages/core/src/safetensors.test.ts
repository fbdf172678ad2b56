import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from './errors/data-error';
import {
  type HostTensor,
  readFloatTensors,
  readSafetensors,
  type TensorValues,
  writeSafetensors,
} from './safetensors';

const floats = (shape: number[], values: number[]): HostTensor => ({
  shape,
  values: Float32Array.from(values),
});
const example = new Map<string, HostTensor<TensorValues>>([
  ['conv1/kernel', floats([2, 2], [1, -2, Number.NaN, 1e-40])],
  ['größe', floats([], [Infinity])],
  ['10', { shape: [1, 2], values: Int32Array.of(-7, 2 ** 31 - 1) }],
  ['nothing', floats([0, 3], [])],
  ['__proto__', floats([1], [3])],
  ['2', floats([1], [4])],
]);

describe('safetensors', () => {
  it('gives back bit by bit what was written, in order, whatever the names', () => {
    const { tensors, metadata } = readSafetensors(writeSafetensors(example, { k: 'v' }), 'x');
    expect([...tensors.keys()]).toEqual([...example.keys()]);
    for (const [name, { shape, values }] of example) {
      const read = tensors.get(name)!;
      expect(read.shape).toEqual(shape);
      expect(read.values.constructor).toBe(values.constructor);
      expect(new Uint32Array(read.values.buffer)).toEqual(new Uint32Array(values.buffer));
    }
    expect([...metadata]).toEqual([['k', 'v']]);
  });

  it('rounds floats to the nearest of 16 bits where it is asked to, and leaves integers alone', () => {
    const values = [1, -2.5, 1 / 3, 65_504, 1e6, 1e-9, Number.NaN, -0];
    const tensors = new Map<string, HostTensor<TensorValues>>([
      ['a', floats([values.length], values)],
      ['b', { shape: [1], values: Int32Array.of(70_001) }],
    ]);
    const file = writeSafetensors(tensors, {}, 'float16');
    expect(file.length).toBeLessThan(writeSafetensors(tensors).length);
    const read = readSafetensors(file, 'x').tensors;
    // A third is 1365 / 4096 in 11 bits.
    expect([...read.get('a')!.values]).toEqual([1, -2.5, 1365 / 4096, 65_504, Infinity, 0, Number.NaN, -0]);
    expect([...read.get('b')!.values]).toEqual([70_001]);
    // What has been rounded once stays as it is.
    expect(writeSafetensors(read, {}, 'float16')).toEqual(file);
  });

  it('reads from a Buffer that is part of a larger one', () => {
    const file = writeSafetensors(example);
    const larger = Buffer.concat([Buffer.alloc(3), file, Buffer.alloc(5)]);
    const { tensors } = readSafetensors(larger.subarray(3, 3 + file.length), 'x');
    expect([...tensors.get('conv1/kernel')!.values]).toEqual([...example.get('conv1/kernel')!.values]);
  });

  it('writes a view of a larger array', () => {
    const values = Float32Array.of(0, 1, 2, 3).subarray(1, 3);
    const file = writeSafetensors(new Map([['a', { shape: [2], values }]]));
    expect([...readSafetensors(file, 'x').tensors.get('a')!.values]).toEqual([1, 2]);
  });

  it('is laid out as the format says', () => {
    const file = writeSafetensors(
      new Map<string, HostTensor<TensorValues>>([
        ['a', floats([1], [1])],
        ['b', { shape: [1, 1], values: Int32Array.of(-7) }],
      ]),
      { k: 'v' },
    );
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(Buffer.from(file.subarray(8, 8 + length)).toString())).toEqual({
      __metadata__: { k: 'v' },
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      b: { dtype: 'I32', shape: [1, 1], data_offsets: [4, 8] },
    });
    expect([...file.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0xf9, 0xff, 0xff, 0xff]);
  });

  it('of floats alone are read as such, and others refused', () => {
    const file = writeSafetensors(new Map([['a', floats([1], [1])]]));
    expect(readFloatTensors(file, 'x').get('a')!.values).toEqual(Float32Array.of(1));
    expect(() => readFloatTensors(writeSafetensors(example), 'x')).toThrow('x: tensor 10 is of type F32');
  });
});

const withHeader = (header: unknown, dataBytes = 4): Uint8Array => {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
};
const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

describe('a hostile file', () => {
  it('cut anywhere, or with something appended, is refused', () => {
    const file = writeSafetensors(example, { k: 'v' });
    for (let length = 0; length < file.length; length += 1) {
      expect(() => readSafetensors(file.slice(0, length), 'x')).toThrow(DataError);
    }
    expect(() => readSafetensors(Uint8Array.from([...file, 0]), 'x')).toThrow(
      'the file ends after its tensors',
    );
  });

  it.each([
    ['no JSON', 'hello', 'is JSON'],
    ['brackets without end', '['.repeat(1_000_000), 'is JSON'],
    ['bytes that are no text', '\udfff"', 'is JSON'],
    ['a list', '[]', 'is a JSON object'],
    ['null', 'null', 'is a JSON object'],
    ['an entry that is no object', { a: 3 }, "the header's a is an object"],
    ['another type', { a: { ...entry, dtype: 'BF16' } }, 'is of type F32, F16 or I32. Received: "BF16"'],
    ['no type', { a: { ...entry, dtype: undefined } }, 'is of type F32, F16 or I32. Received: nothing'],
    ['no shape', { a: { ...entry, shape: undefined } }, 'a shape of whole numbers'],
    ['a negative size', { a: { ...entry, shape: [-1] } }, 'a shape of whole numbers'],
    ['a fraction', { a: { ...entry, shape: [0.5] } }, 'a shape of whole numbers'],
    ['sizes that do not match the bytes', { a: { ...entry, shape: [2] } }, 'lies at bytes 0 to 8'],
    ['sizes beyond any memory', { a: { ...entry, shape: [2 ** 50, 2 ** 50] } }, 'lies at bytes 0 to'],
    ['a gap', { a: { ...entry, data_offsets: [4, 8] } }, 'lies at bytes 0 to 4'],
    ['an overlap', { a: entry, b: entry }, 'tensor b lies at bytes 4 to 8'],
    ['an end before its beginning', { a: { ...entry, data_offsets: [4, 0] } }, 'lies at bytes 0 to 4'],
    ['bytes beyond the file', { a: { ...entry, shape: [2], data_offsets: [0, 8] } }, 'lies within the file'],
    ['offsets that are no numbers', { a: { ...entry, data_offsets: ['0', '4'] } }, 'begin and end'],
    ['one offset', { a: { ...entry, data_offsets: [0] } }, 'begin and end'],
    ['bytes that no tensor takes', {}, 'the file ends after its tensors'],
    ['metadata that are no texts', { __metadata__: { a: 1 }, a: entry }, 'metadata are texts'],
  ])('with %s is refused', (_, header, message) => {
    expect(() => readSafetensors(withHeader(header), 'x')).toThrow(message);
    expect(() => readSafetensors(withHeader(header), 'x')).toThrow(DataError);
  });

  it('with a header length beyond the file is refused without allocating it', () => {
    const file = writeSafetensors(example);
    new DataView(file.buffer).setBigUint64(0, 2n ** 63n, true);
    expect(() => readSafetensors(file, 'x')).toThrow('the header lies within the file');
  });

  it('with any bytes changed is read or refused, nothing else', () => {
    const file = writeSafetensors(example, { k: 'v' });
    const change = fc.tuple(fc.nat({ max: file.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const mutated = file.slice();
        for (const [at, value] of changes) mutated[at] = value;
        try {
          readSafetensors(mutated, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
