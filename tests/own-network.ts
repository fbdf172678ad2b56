import { attachExits, computeLogits, withPolicy } from '@earlyexit/branch-head';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { fitTemperatures, searchThresholds } from '@earlyexit/calibration';
import { costsOf, simulate } from '@earlyexit/exit-criteria';
import { loadSession } from '@earlyexit/inference/onnx';
import { exportConditional } from '@earlyexit/onnx';
import { noiseImages, temporaryFolder } from '@earlyexit/testing';
import { adam, type Regime, train } from '@earlyexit/trainer';
import type * as tfl from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';

/** What a network of somebody else's is taken through. */
export interface OwnNetwork {
  readonly model: tfl.LayersModel;
  /** The layers behind which it gets exits. */
  readonly after: readonly string[];
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: number;
  readonly images: number;
  /** How it is trained, an epoch each. */
  readonly regimes: readonly Regime[];
}

/**
 * Gives a network exits, trains it a few steps, saves, loads and calibrates it, exports
 * it, and holds the answers of onnxruntime against its own, exit by exit.
 */
export async function throughEverything({
  model,
  after,
  shape,
  classes,
  images,
  regimes,
}: OwnNetwork): Promise<void> {
  const data = noiseImages(images, [...shape]);
  const pixels = shape[0] * shape[1] * shape[2];
  const source = {
    size: images,
    labels: Int32Array.from({ length: images }, (_, row) => row % classes),
    imageShape: shape,
    load: (rows: Int32Array) => {
      const loaded = new Float32Array(rows.length * pixels);
      rows.forEach((row, at) => loaded.set(data.subarray(row * pixels, (row + 1) * pixels), at * pixels));
      return Promise.resolve(loaded);
    },
  };
  const network = attachExits(
    model,
    after.map((layer) => ({ after: layer, head: 'pooled' })),
  );
  const batchSize = images / 2;
  const before = await computeLogits(network, source);
  for (const regime of regimes) {
    const optimizer = adam();
    await train({ model: network, train: source, validation: null, epochs: 1, batchSize, optimizer, regime });
  }

  const cached = await computeLogits(network, source);
  // Frozen, the backbone and with it the last exit stay as they were.
  cached.exits.slice(0, -1).forEach((logits, exit) => expect(logits).not.toEqual(before.exits[exit]));
  const costs = costsOf(network.metadata);
  const temperatures = fitTemperatures(cached);
  const { policy } = searchThresholds(cached, { costs, temperatures, aim: { targetMacs: 0.9 } });
  const folder = await temporaryFolder();
  await saveModel(withPolicy(network, policy), folder);
  const loaded = await loadModel(folder);
  expect(await computeLogits(loaded, source)).toEqual(cached);

  const file = await exportConditional(loaded);
  const session = await loadSession(file, { threads: 1 });
  const answers = await session.run({ data, count: images });
  const expected = simulate(cached, policy);
  expect([...answers.exits]).toEqual([...expected.exitIndex]);
  answers.logits.forEach((value, at) => {
    const logits = cached.exits[expected.exitIndex[Math.floor(at / classes)]!]!;
    // Sums of float32 in another order: up to some thousandths of what they are.
    expect(Math.abs(value - logits[at]!)).toBeLessThan(1e-3 * Math.max(1, Math.abs(logits[at]!)));
  });
  session.dispose();
  loaded.model.dispose();
}
