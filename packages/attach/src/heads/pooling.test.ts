import { graphOpener } from '@earlyexit/inference/onnx';
import { GraphBuilder, valueInfo } from '@earlyexit/onnx/foreign';
import { describe, expect, it } from 'vitest';
import { fileOf } from '../testing/colour-networks';
import { poolingOf, writePooled } from './pooling';

describe('writePooled', () => {
  it.each([
    ['a map that is divided evenly', [1, 2, 8, 8], 2 * 20],
    ['one that is not', [1, 3, 7, 5], 3 * 20],
    ['a small one', [1, 2, 2, 3], 2 * 5],
    ['one with many channels', [1, 100, 4, 4], 100 * 5],
    ['more channels still', [1, 400, 2, 2], 400 * 2],
    ['tokens', [1, 5, 6], 12],
    ['a row', [1, 9], 9],
  ])('makes as many numbers as it says of %s', async (_, dims, size) => {
    const facts = { type: 'float32', dims, kind: 'sample' } as const;
    expect(poolingOf(facts)!.size).toBe(size);
    const graph = new GraphBuilder(17);
    graph.unique('pixel_values');
    const pooled = writePooled(graph, 'pixel_values', facts);
    const message = graph.build(
      'pooled',
      [valueInfo('pixel_values', ['batch', ...dims.slice(1)])],
      [valueInfo(pooled, ['batch', size])],
    );
    const runnable = await graphOpener({ threads: 1 })(fileOf(message, 17), dims.slice(1));
    const volume = dims.reduce((product, length) => product * length);
    const values = Float32Array.from({ length: 2 * volume }, (_value, i) => Math.sin(i));
    const results = await runnable.run(values, 2);
    expect(results[pooled]).toHaveLength(2 * size);
    // The largest number is seen by some field, and no mean lies beyond it.
    const most = Math.max(...values.subarray(0, volume));
    expect(Math.max(...results[pooled]!.subarray(0, size))).toBeCloseTo(most, 5);
    await runnable.release();
  });
});
