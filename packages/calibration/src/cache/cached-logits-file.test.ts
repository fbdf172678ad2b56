import { DataError } from '@earlyexit/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { decodeCachedLogits, encodeCachedLogits } from './cached-logits-file';
import { writeSafetensors } from '@earlyexit/core/safetensors';

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
      'cache.safetensors: these logits belong to another model, c3 is wanted. Received: a1b2. Compute the logits anew',
    );
    expect(() => decodeCachedLogits(bytes, { ...origin, split: 'test' })).toThrow('another split');
    expect(() => decodeCachedLogits(bytes, { split: 'test' })).toThrow('another split');
    expect(decodeCachedLogits(bytes, { model: origin.model }).origin).toEqual(origin);
  });

  it('need one id per sample', () => {
    expect(() => encodeCachedLogits({ cached, origin, sampleIds: [1] })).toThrow('1 ids for 6 samples');
  });

  it('with other tensors are refused', () => {
    const metadata = { format: 'earlyexit-logits', formatVersion: '1' };
    const tensor = { shape: [1, 2], values: Float32Array.of(1, 2) };
    for (const names of [['exit1'], ['exit0', 'exit2'], ['exit0', 'labels']]) {
      const file = writeSafetensors(new Map(names.map((name) => [name, tensor])), metadata);
      expect(() => decodeCachedLogits(file)).toThrow(`labels of integers. Received: ${names.at(-1)!}.`);
    }
    expect(() => decodeCachedLogits(writeSafetensors(new Map(), metadata))).toThrow(DataError);
    expect(() => decodeCachedLogits(writeSafetensors(new Map([['exit0', tensor]])))).toThrow(
      'says earlyexit-logits, version 1 or 2. Received: no format, version none',
    );
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
