import { noiseImages } from '@earlyexit/testing';
import { randomStream } from '@earlyexit/core';
import { selectEngine, type EngineName } from '@earlyexit/backend';
import {
  attachExits,
  computeLogits,
  splitStages,
  type MultiExitModel,
  type SampleSource,
} from '@earlyexit/branch-head';
import {
  argmaxRows,
  listCriteria,
  evaluateExits,
  simulate,
  type CachedLogits,
  type CriterionName,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSession } from './create-session';
import type { ImageBatch } from '../session/session';
import * as tfl from '@tensorflow/tfjs-layers';
import { tf } from '../tf';

const labelFree = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);
// Not a multiple of any batch size below, so that there is a short last batch.
const SAMPLES = 71;

function noise(samples: number, model: MultiExitModel): ImageBatch {
  const shape = model.model.inputs[0]!.shape.slice(1);
  return { data: noiseImages(samples, shape, { contrast: 8 }), count: samples };
}

function sourceOf({ data, count }: ImageBatch, model: MultiExitModel): SampleSource {
  const imageShape = model.model.inputs[0]!.shape.slice(1) as [number, number, number];
  const size = data.length / count;
  return {
    size: count,
    labels: new Int32Array(count),
    imageShape,
    load: (rows) =>
      Promise.resolve(
        Float32Array.from([...rows].flatMap((row) => [...data.subarray(row * size, (row + 1) * size)])),
      ),
  };
}

/** A threshold midway between two neighbouring scores, so that rounding decides nothing; or a word. */
function randomThreshold(scores: Float64Array, random: () => number): Threshold {
  const kind = random();
  if (kind < 0.1) return 'never';
  if (kind < 0.15) return 'always';
  const distinct = [...new Set(scores)].sort((x, y) => x - y);
  const bounds = [distinct[0]! - 1, ...distinct, distinct.at(-1)! + 1];
  const index = Math.floor(random() * (bounds.length - 1));
  return (bounds[index]! + bounds[index + 1]!) / 2;
}

describe.each<EngineName>(['cpu', 'wasm'])('a session on %s', (engine) => {
  beforeAll(() => selectEngine(engine));

  it.each(['test_b_lenet', 'test_resnet_2exits', 'test_resnet_3exits'])(
    'agrees with the simulator on every sample of %s, whatever the criterion and the thresholds',
    async (name) => {
      const model = createModel(name);
      const images = noise(40, model);
      const cached = await computeLogits(model, sourceOf(images, model), { batchSize: 16 });
      const session = createSession(model);
      const random = randomStream(7);
      const earlyExits = model.metadata.exits.length - 1;
      // Fewer on the engine in plain JavaScript, which is slow.
      const rounds = engine === 'wasm' ? 8 : 2;
      const taken = new Set<string>();
      for (const criterion of labelFree) {
        for (let round = 0; round < rounds; round++) {
          const temperatures = Array.from({ length: earlyExits + 1 }, () => 0.5 + 2 * random());
          const evaluations = evaluateExits(cached, criterion, temperatures);
          const thresholds = evaluations
            .slice(0, -1)
            .map((evaluation) => randomThreshold(evaluation.scores, random));
          const policy = { criterion, thresholds, temperatures };
          const answers = await session.run(images, { ...policy, batchSize: [16, 7, 64][round % 3]! });
          const simulation = simulate(cached, policy);
          expect(answers.exits).toEqual(simulation.exitIndex);
          expect(answers.classes).toEqual(simulation.classes);
          answers.exits.forEach((exit, sample) => {
            taken.add(`${criterion} ${exit}`);
            expect(answers.scores[sample]).toBeCloseTo(simulation.scores[sample]!, 5);
            expect(answers.macs[sample]).toBe(model.metadata.exits[exit]!.macs);
          });
        }
      }
      // Thresholds that send everything the same way would prove little.
      if (rounds === 8) expect(taken.size).toBe(labelFree.length * (earlyExits + 1));
      model.model.dispose();
    },
  );

  it('computes a stage for the samples that no earlier exit answered, and no stage that nobody needs', async () => {
    const model = createModel('test_resnet_3exits');
    const session = createSession(model);
    const images = noise(SAMPLES, model);
    const convolutions = splitStages(model).map(
      (stage) => stage.nodes.filter((node) => node.className === 'Conv2D').length,
    );
    const { scores } = evaluateExits(
      await computeLogits(model, sourceOf(images, model), { batchSize: SAMPLES }),
      'margin',
    )[0]!;
    const ordered = [...scores].sort((a, b) => b - a);
    const threshold = (ordered[49]! + ordered[50]!) / 2;
    for (const [thresholds, rows] of [
      [['always', 'never', 'never'], [71]],
      [
        ['never', 'always', 'never'],
        [71, 71],
      ],
      [
        ['never', 'never', 'never'],
        [71, 71, 71, 71],
      ],
      [
        [threshold, 'never', 'always'],
        [71, 21, 21],
      ],
      [
        [threshold, 'never', 'never'],
        [71, 21, 21, 21],
      ],
    ] as [Threshold[], number[]][]) {
      const { kernels } = await tf.profile(async () => {
        await session.run(images, { criterion: 'margin', thresholds, batchSize: SAMPLES });
        return [];
      });
      const batches = kernels
        .filter((kernel) => /Conv2D/.test(kernel.name))
        .map((kernel) => (kernel.inputShapes[0] as number[])[0]);
      expect(batches).toEqual(
        rows.flatMap((count, stage) => Array.from({ length: convolutions[stage]! }, () => count)),
      );
    }
    model.model.dispose();
  });

  it('answers alike in batches of 1, 7 and 64, whatever the order of the images', async () => {
    const model = createModel('test_resnet_2exits');
    const session = createSession(model);
    const images = noise(SAMPLES, model);
    const cached = await computeLogits(model, sourceOf(images, model));
    const thresholds = evaluateExits(cached, 'entropy')
      .slice(0, -1)
      .map(({ scores }) => {
        const ordered = [...scores].sort((a, b) => a - b);
        return (ordered[29]! + ordered[30]!) / 2;
      });
    const policy = { criterion: 'entropy', thresholds } as const;
    const whole = await session.run(images, { ...policy, batchSize: SAMPLES });
    expect(new Set(whole.exits).size).toBe(3);
    for (const batchSize of [1, 7, 64]) {
      const answers = await session.run(images, { ...policy, batchSize });
      expect([answers.exits, answers.classes, answers.macs]).toEqual([
        whole.exits,
        whole.classes,
        whole.macs,
      ]);
      answers.logits.forEach((logit, index) => expect(logit).toBeCloseTo(whole.logits[index]!, 5));
    }
    const size = images.data.length / SAMPLES;
    const reversed = new Float32Array(images.data.length);
    for (let row = 0; row < SAMPLES; row++) {
      reversed.set(images.data.subarray(row * size, (row + 1) * size), (SAMPLES - 1 - row) * size);
    }
    const answers = await session.run({ data: reversed, count: SAMPLES }, { ...policy, batchSize: 7 });
    expect([answers.exits.toReversed(), answers.classes.toReversed()]).toEqual([whole.exits, whole.classes]);
    model.model.dispose();
  });

  it('reproduces the first exit with "always" and the final one with "never"', async () => {
    const model = createModel('test_resnet_3exits');
    const session = createSession(model);
    const images = noise(SAMPLES, model);
    const cached: CachedLogits = await computeLogits(model, sourceOf(images, model));
    for (const [threshold, exit] of [
      ['always', 0],
      ['never', 3],
    ] as const) {
      for (const criterion of labelFree) {
        const answers = await session.run(images, {
          criterion,
          thresholds: [threshold, threshold, threshold],
        });
        expect(answers.exits.every((taken) => taken === exit)).toBe(true);
        expect(answers.classes).toEqual(argmaxRows(cached.exits[exit]!, cached.classes));
        answers.logits.forEach((logit, index) => expect(logit).toBeCloseTo(cached.exits[exit]![index]!, 5));
      }
    }
    model.model.dispose();
  });

  it('runs a plain network too', async () => {
    const model = createModel('test_lenet');
    const images = noise(5, model);
    const cached = await computeLogits(model, sourceOf(images, model));
    const answers = await createSession(model).run(images);
    expect([...answers.exits]).toEqual([0, 0, 0, 0, 0]);
    expect(answers.classes).toEqual(argmaxRows(cached.exits[0]!, cached.classes));
    expect([...answers.macs]).toEqual(Array.from({ length: 5 }, () => model.metadata.staticMacs));
    model.model.dispose();
  });

  it('leaves no tensors behind, whether a run ends, is aborted or fails', async () => {
    const model = createModel('test_resnet_3exits');
    const images = noise(SAMPLES, model);
    const before = tf.memory().numTensors;
    const session = createSession(model);
    const policies: [CriterionName, Threshold[]][] = [
      ['patience', [1, 2, 3]],
      ['patience', [2, 2, 2]],
      ['margin', ['always', 'never', 'never']],
      ['ensemble', [0.4, 0.5, 0.6]],
      ['entropy', ['never', 'never', 'never']],
    ];
    for (const [criterion, thresholds] of policies) {
      await session.run(images, { criterion, thresholds, batchSize: 16 });
      expect(tf.memory().numTensors).toBe(before);
    }
    const thresholds = ['never', 'never', 'never'] as const;
    const controller = new AbortController();
    const run = session.run(images, { thresholds, batchSize: 8, signal: controller.signal });
    setTimeout(() => controller.abort(), 1);
    await expect(run).rejects.toThrow('abort');
    const broken = {
      data: images.data.map((value, index) => (index === 5000 ? NaN : value)),
      count: SAMPLES,
    };
    await expect(session.run(broken, { thresholds, batchSize: 8 })).rejects.toThrow('image 26');
    expect(tf.memory().numTensors).toBe(before);
    session.dispose();
    expect(tf.memory().numTensors).toBe(before);
    model.model.dispose();
  });

  it('answers concurrent runs as it answers them one after the other', async () => {
    const model = createModel('test_resnet_2exits');
    const session = createSession(model);
    const images = noise(SAMPLES, model);
    const options = { criterion: 'ensemble', thresholds: [0.4, 0.5], batchSize: 8 } as const;
    const alone = await session.run(images, options);
    const together = await Promise.all([1, 2, 3].map(() => session.run(images, options)));
    for (const answers of together) expect(answers).toEqual(alone);
    model.model.dispose();
  });
});

it('refuses a network that takes no images', async () => {
  await selectEngine('cpu');
  const vectors = tfl.sequential({ layers: [tfl.layers.dense({ units: 2, inputShape: [5] })] });
  const plain = attachExits(vectors, []);
  expect(() => createSession(plain)).toThrow(/images of a fixed size.*Received: \[5\]/);
  plain.model.dispose();
});
