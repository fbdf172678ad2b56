import { randomStream } from '@earlyexit/core';
import { selectEngine } from '@earlyexit/backend';
import { argmaxRows, listCriteria, getCriterion, simulate, type Threshold } from '@earlyexit/exit-criteria';
import { createModel, listModels } from '@earlyexit/model-zoo';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportConditional } from './export-conditional';
import {
  asInput,
  channelsFirst,
  noise,
  openSession,
  randomThresholds,
  referenceLogits,
} from './testing/compare';
import { checkNetwork } from './testing/check-network';
import { randomNetwork, randomizeWeights } from '@earlyexit/testing/networks';

const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);
const SAMPLES = 71;

beforeAll(async () => {
  await selectEngine('cpu');
});

const names = listModels()
  .map(({ name }) => name)
  .filter((name) => name.startsWith('test_'));

describe.each(names)('%s', (name) => {
  it('answers as the simulator does on its logits, whatever the criterion and the thresholds', async () => {
    const model = createModel(name);
    randomizeWeights(model.model, 3);
    await checkNetwork(model, { criteria, seed: 11, samples: 40 });
    model.model.dispose();
  });
});

it.each(Array.from({ length: 20 }, (_, seed) => seed))('random network %i', async (seed) => {
  const model = randomNetwork(seed);
  const criterion = criteria[seed % criteria.length]!;
  await checkNetwork(model, { criteria: [criterion], seed, samples: 12 });
  model.model.dispose();
});

describe('a batch', () => {
  it('of 1, 7 and 64 gives what the whole does, the last one short', async () => {
    const model = createModel('test_resnet_3exits');
    randomizeWeights(model.model, 4);
    const images = noise(model, SAMPLES);
    const thresholds = asInput(
      'margin',
      randomThresholds(referenceLogits(model, images, SAMPLES), 'margin', [1, 1, 1, 1], randomStream(2)),
    );
    const session = await openSession(await exportConditional(model, { criterion: 'margin' }));
    const whole = await session.run({ pixel_values: channelsFirst(model, images, SAMPLES), thresholds });
    const size = images.length / SAMPLES;
    for (const batch of [1, 7, 64]) {
      const exits: number[] = [];
      const logits: number[] = [];
      for (let offset = 0; offset < SAMPLES; offset += batch) {
        const count = Math.min(batch, SAMPLES - offset);
        const part = images.subarray(offset * size, (offset + count) * size);
        const result = await session.run({ pixel_values: channelsFirst(model, part, count), thresholds });
        exits.push(...[...(result['exit_index']!.data as BigInt64Array)].map(Number));
        logits.push(...(result['logits']!.data as Float32Array));
      }
      expect(exits).toEqual([...(whole['exit_index']!.data as BigInt64Array)].map(Number));
      const expected = whole['logits']!.data as Float32Array;
      expect(Math.max(...logits.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
    }
    expect(new Set(whole['exit_index']!.data as BigInt64Array).size).toBeGreaterThan(1);
    await session.release();
  });

  it('gets the same answers from a file that is laid out for OpenVINO', async () => {
    const model = createModel('test_resnet_3exits');
    randomizeWeights(model.model, 4);
    const images = noise(model, SAMPLES);
    const feeds = {
      pixel_values: channelsFirst(model, images, SAMPLES),
      thresholds: asInput(
        'margin',
        randomThresholds(referenceLogits(model, images, SAMPLES), 'margin', [1, 1, 1, 1], randomStream(2)),
      ),
    };
    const files = [
      await exportConditional(model, { criterion: 'margin' }),
      await exportConditional(model, { criterion: 'margin', runtime: 'openvino' }),
    ];
    expect(files[0]!.length).not.toBe(files[1]!.length);
    const [expected, answers] = await Promise.all(
      files.map(async (file) => {
        const session = await openSession(file);
        const result = await session.run(feeds);
        await session.release();
        return result;
      }),
    );
    expect(answers!['exit_index']!.data).toEqual(expected!['exit_index']!.data);
    const logits = expected!['logits']!.data as Float32Array;
    const differences = (answers!['logits']!.data as Float32Array).map((value, i) =>
      Math.abs(value - logits[i]!),
    );
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });
});

describe.each(criteria)('under %s', (criterion) => {
  it('never reproduces the final exit and always the first one, as input and as constants', async () => {
    const model = createModel('test_resnet_2exits');
    const images = noise(model, 9);
    const reference = referenceLogits(model, images, 9);
    const pixels = channelsFirst(model, images, 9);
    const open = await openSession(await exportConditional(model, { criterion }));
    for (const word of ['never', 'always'] as Threshold[]) {
      const thresholds = [word, word];
      const built = await openSession(
        await exportConditional(model, { criterion, thresholds, thresholdsAs: 'constants' }),
      );
      const answers = [
        await open.run({ pixel_values: pixels, thresholds: asInput(criterion, thresholds) }),
        await built.run({ pixel_values: pixels }),
      ];
      expect(built.inputNames).toEqual(['pixel_values']);
      const exit = word === 'never' ? 2 : 0;
      for (const result of answers) {
        expect([...(result['exit_index']!.data as BigInt64Array)].map(Number)).toEqual(
          new Array(9).fill(exit),
        );
        expect(argmaxRows(result['logits']!.data as Float32Array, 4)).toEqual(
          argmaxRows(reference.exits[exit]!, 4),
        );
      }
      await built.release();
    }
    await open.release();
  });

  it('keeps logits that are not finite inside at a number and at never, and lets them go at always', async () => {
    const model = createModel('test_resnet_1exit');
    const images = noise(model, 5).map((value, i) => (i === 3 ? NaN : value));
    const pixels = channelsFirst(model, images, 5);
    const session = await openSession(await exportConditional(model, { criterion }));
    const easy = getCriterion(criterion).surerIs === 'lower' ? 1e9 : -1e9;
    for (const [threshold, exit] of [
      [easy, 1],
      ['never', 1],
      ['always', 0],
    ] as [Threshold, number][]) {
      const result = await session.run({ pixel_values: pixels, thresholds: asInput(criterion, [threshold]) });
      expect(Number((result['exit_index']!.data as BigInt64Array)[0])).toBe(exit);
    }
    await session.release();
  });
});

describe('constants', () => {
  it('decide as the same thresholds do as an input', async () => {
    const model = createModel('test_resnet_3exits');
    randomizeWeights(model.model, 5);
    const images = noise(model, 30);
    const cached = referenceLogits(model, images, 30);
    for (const criterion of criteria) {
      const random = randomStream(8);
      const thresholds = randomThresholds(cached, criterion, [1, 1, 1, 1], random);
      const bytes = await exportConditional(model, { criterion, thresholds, thresholdsAs: 'constants' });
      const session = await openSession(bytes);
      const result = await session.run({ pixel_values: channelsFirst(model, images, 30) });
      expect(Int32Array.from(result['exit_index']!.data as BigInt64Array, Number)).toEqual(
        simulate(cached, { criterion, thresholds }).exitIndex,
      );
      await session.release();
    }
  });

  it('have to be known', async () => {
    const model = createModel('test_resnet_1exit');
    await expect(exportConditional(model, { thresholdsAs: 'constants' })).rejects.toThrow(
      'thresholds that are built in must be known',
    );
  });
});

it('refuses a threshold fed to a file without the input, and a missing one', async () => {
  const model = createModel('test_resnet_1exit');
  const pixels = channelsFirst(model, noise(model, 1), 1);
  const session = await openSession(await exportConditional(model));
  await expect(session.run({ pixel_values: pixels })).rejects.toThrow(/thresholds/);
  await expect(
    session.run({ pixel_values: pixels, thresholds: new ort.Tensor('float32', Float32Array.of(1, 2), [2]) }),
  ).rejects.toThrow();
});

it('refuses the oracle and versions that it does not write', async () => {
  const model = createModel('test_resnet_1exit');
  await expect(exportConditional(model, { criterion: 'cross-entropy-oracle' })).rejects.toThrow('labels');
  await expect(exportConditional(model, { opset: 12 })).rejects.toThrow('from 13 to 21');
});

it.each([13, 17, 18, 21])('writes version %i of the operators', async (opset) => {
  const model = createModel('test_resnet_3exits');
  for (const criterion of ['entropy', 'patience', 'unique-above', 'ensemble', 'energy'] as const) {
    await checkNetwork(model, { criteria: [criterion], seed: 1, samples: 6, opset });
  }
});
