// Exits that add up, or see each other, answer alike in a session, in the file and in the simulator, at the same cost.
import { selectEngine } from '@earlyexit/backend';
import {
  attachExits,
  boostExits,
  cascadeHeads,
  computeLogits,
  type MultiExitModel,
} from '@earlyexit/branch-head';
import { simulate } from '@earlyexit/exit-criteria';
import { exportConditional } from '@earlyexit/onnx';
import { noiseImages } from '@earlyexit/testing';
import { randomizeWeights } from '@earlyexit/testing/networks';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { createSession } from '../tfjs/create-session';
import { loadSession } from './load-session';

beforeAll(() => selectEngine('wasm'));

const COUNT = 24;
const images = { data: noiseImages(COUNT, [6, 6, 1]), count: COUNT };

function separate(): MultiExitModel {
  const { conv2d, dense, flatten } = tfl.layers;
  const conv = (name: string, index: number): tfl.layers.Layer =>
    conv2d({
      ...{ name, filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' },
      ...(index === 0 ? { inputShape: [6, 6, 1] } : {}),
    });
  const model = tfl.sequential({
    layers: [...['a', 'b', 'c'].map(conv), flatten(), dense({ units: 3 })],
  });
  randomizeWeights(model, 7);
  return attachExits(model, [
    { after: 'a', head: 'linear' },
    { after: 'b', head: 'bottleneck' },
  ]);
}

it.each([
  ['boosted', boostExits],
  ['geometric', (network: MultiExitModel) => cascadeHeads(network)],
  ['additive', (network: MultiExitModel) => cascadeHeads(network, { ensemble: 'additive' })],
])('%s exits', async (_, combine) => {
  const network = combine(separate());
  randomizeWeights(network.model, 5);
  const cached = await computeLogits(network, {
    ...{ size: COUNT, labels: new Int32Array(COUNT), imageShape: [6, 6, 1] },
    load: (rows) =>
      Promise.resolve(
        Float32Array.from(
          { length: rows.length * 36 },
          (_, i) => images.data[rows[Math.floor(i / 36)]! * 36 + (i % 36)]!,
        ),
      ),
  });
  const sureness = cached.exits.slice(0, -1).map((exit) => {
    const largest = Array.from({ length: COUNT }, (_, row) => {
      const values = exit.subarray(row * 3, row * 3 + 3).map((value) => Math.exp(value));
      return Math.max(...values) / values.reduce((sum, value) => sum + value, 0);
    });
    return largest.sort((a, b) => a - b);
  });
  // Between two samples, so that rounding decides nothing.
  const thresholds = sureness.map((values) => (values[12]! + values[13]!) / 2);
  const policy = { criterion: 'max-probability', thresholds } as const;
  const { exitIndex } = simulate(cached, policy);
  const inProcess = await createSession(network).run(images, policy);
  const session = await loadSession(await exportConditional(network), { threads: 1 });
  const fromFile = await session.run(images, policy);
  session.dispose();
  expect(new Set(exitIndex).size).toBeGreaterThan(1);
  for (const found of [inProcess, fromFile]) {
    expect([...found.exits]).toEqual([...exitIndex]);
    found.logits.forEach((value, index) => {
      const [row, unit] = [Math.floor(index / 3), index % 3];
      expect(value).toBeCloseTo(cached.exits[exitIndex[row]!]![row * 3 + unit]!, 3);
    });
  }
});
