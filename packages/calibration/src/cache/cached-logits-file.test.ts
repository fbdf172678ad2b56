import { DataError } from '@earlyexit/exit-criteria';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { decodeCachedLogits, encodeCachedLogits } from './cached-logits-file';
import { decodeSafetensors, encodeSafetensors } from './safetensors';

const cached = syntheticLogits({ samples: 6, exits: 3, classes: 4 });
const origin = { model: 'a1b2', split: 'mnist calibration 0' };
const sampleIds = [5, 4, 'three', 2, 1, 0];
const bytes = encodeCachedLogits({ cached, origin, sampleIds });

describe('cached logits', () => {
  it('come back as they were, with and without labels', () => {
    expect(decodeCachedLogits(bytes, origin)).toEqual({ cached, origin, sampleIds });
    const unlabelled = { cached: { ...cached, labels: null }, origin, sampleIds };
    expect(decodeCachedLogits(encodeCachedLogits(unlabelled))).toEqual(unlabelled);
  });

  it('are read from the middle of a larger buffer', () => {
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeCachedLogits(larger.subarray(3)).cached).toEqual(cached);
  });

  it('are refused for another model or split', () => {
    expect(() => decodeCachedLogits(bytes, { ...origin, model: 'c3' }, 'cache.safetensors')).toThrow(
      'cache.safetensors: these logits belong to another model, c3 is wanted. Received: a1b2. Delete the file',
    );
    expect(() => decodeCachedLogits(bytes, { ...origin, split: 'test' })).toThrow('another split');
  });

  it('need one id a sample', () => {
    expect(() => encodeCachedLogits({ cached, origin, sampleIds: [1] })).toThrow('1 ids for 6 samples');
  });

  it('cut short anywhere are refused as damaged data', () => {
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeCachedLogits(bytes.subarray(0, end))).toThrow(DataError);
    }
  });

  it('with any bytes changed are read or refused as damaged data, nothing else', () => {
    const change = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const broken = bytes.slice();
        for (const [at, value] of changes) broken[at] = value;
        try {
          expect(decodeCachedLogits(broken).cached.samples).toBe(6);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('safetensors', () => {
  it('are laid out as the format says', () => {
    const file = encodeSafetensors({
      tensors: {
        a: { shape: [2], data: Float32Array.of(1, -2) },
        b: { shape: [1, 1], data: Int32Array.of(-7) },
      },
      metadata: { k: 'v' },
    });
    const length = new DataView(file.buffer).getUint32(0, true);
    expect(length % 8).toBe(0);
    const header: unknown = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
    expect(header).toEqual({
      __metadata__: { k: 'v' },
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      b: { dtype: 'I32', shape: [1, 1], data_offsets: [8, 12] },
    });
    expect([...new Float32Array(file.slice(8 + length, 16 + length).buffer)]).toEqual([1, -2]);
    expect([...new Int32Array(file.slice(16 + length).buffer)]).toEqual([-7]);
  });

  it.each([
    [
      'other things',
      new TextEncoder().encode('this is no tensor file at all'),
      'the header fits into the file',
    ],
    ['nothing', new Uint8Array(0), 'begins with 8 bytes'],
    [
      'half a type',
      encodeHeader({ a: { dtype: 'F16', shape: [0], data_offsets: [0, 0] } }),
      'of 32-bit numbers',
    ],
    ['a hole', encodeHeader({ a: { dtype: 'F32', shape: [9], data_offsets: [0, 36] } }), 'fills its place'],
    ['a list', encodeHeader([]), 'the header is a JSON object'],
    ['numbers as metadata', encodeHeader({ __metadata__: { a: 1 } }), 'metadata are texts'],
  ])('with %s are refused', (_, file, message) => {
    expect(() => decodeSafetensors(file, 'x')).toThrow(message);
    expect(() => decodeSafetensors(file, 'x')).toThrow(DataError);
  });
});

function encodeHeader(header: unknown): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length);
  new DataView(file.buffer).setUint32(0, text.length, true);
  file.set(text, 8);
  return file;
}
