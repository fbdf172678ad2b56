import { describe, expect, it } from 'vitest';
import { describeEngines } from './describe-engines';
import { selectEngine } from './select-engine';
import { tf } from './tf';

describe('describeEngines', () => {
  it('reports every engine, with a self-test of those that are there and a remedy for the others', async () => {
    await selectEngine('cpu');
    const reports = await describeEngines();
    expect(reports.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'wasm', 'cpu']);
    for (const { available, version, reason, remedy, selfTest } of reports) {
      expect(reason).not.toBe('');
      if (available) {
        expect(version).toMatch(/^\d+\./);
        expect(remedy).toBeNull();
        expect(selfTest?.ok).toBe(true);
        expect(selfTest?.milliseconds).toBeGreaterThan(0);
      } else {
        expect(remedy).toMatch(/npm|engine install/);
        expect(selfTest).toBeNull();
      }
    }
    expect(
      reports.filter(({ name }) => name === 'wasm' || name === 'cpu').every(({ available }) => available),
    ).toBe(true);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('keeps no tensors', async () => {
    await describeEngines();
    const before = tf.memory().numTensors;
    await describeEngines();
    expect(tf.memory().numTensors).toBe(before);
  });
});
