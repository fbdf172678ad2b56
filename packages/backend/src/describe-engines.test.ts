import { describe, expect, it } from 'vitest';
import { describeEngines, findEngines } from './describe-engines';
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

describe('findEngines', () => {
  it('says the same of what is there, and starts nothing', async () => {
    await selectEngine('cpu');
    const found = await findEngines();
    expect(tf.getBackend()).toBe('cpu');
    const reports = await describeEngines();
    expect(found.filter(({ available }) => available).map(({ name }) => name)).toEqual(
      expect.arrayContaining(reports.filter(({ available }) => available).map(({ name }) => name)),
    );
    for (const { available, remedy } of found) expect(remedy === null).toBe(available);
  });
});
