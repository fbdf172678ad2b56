import { ArgumentError } from '@earlyexit/core';
import { describe, expect, it, vi } from 'vitest';
import { selectEngine } from './select-engine';
import { tf } from './tf';

describe('selectEngine', () => {
  it.each(['cpu', 'wasm'] as const)('starts %s, again and again, and computes with it', async (name) => {
    for (let round = 0; round < 2; round++) {
      const engine = await selectEngine(name);
      expect(engine.name).toBe(name);
      expect(engine.version).toMatch(/^4\./);
      expect(tf.getBackend()).toBe(name);
      expect(Array.from(await tf.add(tf.tensor1d([1, 2]), 1).data())).toEqual([2, 3]);
    }
  });

  it('prints nothing', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await selectEngine('cpu');
    await tf.square(tf.tensor1d([1, 2])).data();
    expect(warn).not.toHaveBeenCalled();
    expect(log).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('takes WASM for a small network that is going to be trained, and says why', async () => {
    const engine = await selectEngine('auto', { trainingMacs: 1_100_000 });
    expect(engine.name).toBe('wasm');
    expect(engine.reasons[0]).toMatch(/network this small \(1\.1 M/);
    await expect(selectEngine('auto', { trainingMacs: -1 })).rejects.toThrow(ArgumentError);
  });

  it('takes the first that works and says why', async () => {
    const engine = await selectEngine('auto', { threads: 2 });
    expect(['tensorflow', 'wasm']).toContain(engine.name);
    expect(engine.reasons.join('; ')).toContain(`${engine.name}:`);
    if (engine.name === 'wasm')
      expect(engine.reasons.join('; ')).toMatch(/tensorflow is not available.*one thread/);
  });

  it('says what is wrong with wrong arguments', async () => {
    await expect(selectEngine('cuda' as 'cpu')).rejects.toThrow(ArgumentError);
    await expect(selectEngine('cpu', { threads: 0 })).rejects.toThrow(/at least 1.*Received: 0/);
  });
});
