import { selectEngine } from '@earlyexit/backend';
import { listCriteria } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import * as ort from 'onnxruntime-node';
import { beforeAll, expect, it } from 'vitest';
import { exportConditional } from './export-conditional';
import { channelsFirst, noise, openSession } from './testing/compare';

const SAMPLES = 17;
const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);

beforeAll(async () => {
  await selectEngine('cpu');
});

it('answers for three equal colours as for one, and for others as for their luma', async () => {
  const model = createModel('test_b_lenet');
  const images = noise(model, SAMPLES);
  const options = { criterion: 'margin', thresholds: [0.02], thresholdsAs: 'constants' } as const;
  const plain = await openSession(await exportConditional(model, options));
  const colored = await openSession(await exportConditional(model, { ...options, colorInput: true }));
  const gray = channelsFirst(model, images, SAMPLES);
  const [, , height, width] = gray.dims as [number, number, number, number];
  const area = height * width;
  // Three channels whose luma is the grey image: the first is free, the others make up for it.
  for (const shift of [0, 1]) {
    const colors = new Float32Array(images.length * 3);
    for (let i = 0; i < images.length; i++) {
      const start = Math.floor(i / area) * 3 * area + (i % area);
      colors[start] = images[i]! + shift;
      colors[start + area] = images[i]! - shift * (0.299 / 0.587);
      colors[start + 2 * area] = images[i]!;
    }
    const expected = await plain.run({ pixel_values: gray });
    const answers = await colored.run({
      pixel_values: new ort.Tensor('float32', colors, [SAMPLES, 3, height, width]),
    });
    expect(answers['exit_index']!.data).toEqual(expected['exit_index']!.data);
    (answers['logits']!.data as Float32Array).forEach((logit, i) =>
      expect(logit).toBeCloseTo((expected['logits']!.data as Float32Array)[i]!, 4),
    );
  }
  model.model.dispose();
  const color = createModel('test_resnet_1exit');
  await expect(exportConditional(color, { colorInput: true })).rejects.toThrow('images of one channel');
  color.model.dispose();
});

it.each(criteria)(
  'folds the temperature of the answering exit into its logits, under %s',
  async (criterion) => {
    const model = createModel('test_resnet_2exits');
    const images = channelsFirst(model, noise(model, SAMPLES), SAMPLES);
    const temperatures = [1.7, 0.4, 2.5];
    const options = { criterion, temperatures };
    const plain = await openSession(await exportConditional(model, options));
    const folded = await openSession(await exportConditional(model, { ...options, foldTemperatures: true }));
    const taken = new Set<number>();
    for (const thresholds of [
      [NaN, NaN],
      [criterion.includes('entropy') ? Infinity : -Infinity, NaN],
      [NaN, criterion.includes('entropy') ? Infinity : -Infinity],
    ]) {
      const feeds = { pixel_values: images, thresholds: new ort.Tensor('float32', thresholds, [2]) };
      const expected = await plain.run(feeds);
      const answers = await folded.run(feeds);
      expect(answers['exit_index']!.data).toEqual(expected['exit_index']!.data);
      expect(answers['score']!.data).toEqual(expected['score']!.data);
      const exits = [...(answers['exit_index']!.data as BigInt64Array)].map(Number);
      exits.forEach((exit) => taken.add(exit));
      (answers['logits']!.data as Float32Array).forEach((logit, i) => {
        const exit = exits[Math.floor(i / 4)]!;
        const isMean = criterion === 'ensemble' && exit < 2;
        const own = (expected['logits']!.data as Float32Array)[i]!;
        expect(logit).toBeCloseTo(isMean ? own : own / temperatures[exit]!, 4);
      });
    }
    expect(taken.size).toBe(3);
    model.model.dispose();
  },
);
