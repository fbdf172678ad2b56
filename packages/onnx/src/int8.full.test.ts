import { selectEngine } from '@earlyexit/backend';
import { createModel, listModels } from '@earlyexit/model-zoo';
import { smallForms } from '@earlyexit/testing/networks';
import { beforeAll, expect, it } from 'vitest';
import { exportConditional } from './export-conditional';
import { exportExits } from './export-exits';
import { asInput, channelsFirst, noise, openSession } from './testing/compare';
import { quantizationFor } from './testing/quantize';

const SAMPLES = 3;

beforeAll(async () => {
  await selectEngine('wasm');
});

const published = smallForms(listModels()).filter(({ name }) => !name.startsWith('test_'));

it.each(published)('$name runs as int8, with exits as without', async ({ name, options }) => {
  const model = createModel(name, options);
  const images = noise(model, SAMPLES);
  const pixels = channelsFirst(model, images, SAMPLES);
  const quantization = await quantizationFor(model, images, SAMPLES, 'min-max');
  const every = await openSession(await exportExits(model, { quantization }));
  const answers = await every.run({ pixel_values: pixels });
  await every.release();
  const early = model.metadata.exits.length - 1;
  const session = await openSession(await exportConditional(model, { quantization, criterion: 'margin' }));
  for (const [word, exit] of [
    ['never', early],
    ['always', 0],
  ] as const) {
    const thresholds = Array.from({ length: early }, () => word);
    const result = await session.run({
      pixel_values: pixels,
      ...(early === 0 ? {} : { thresholds: asInput('margin', thresholds) }),
    });
    expect([...(result['exit_index']!.data as BigInt64Array)].map(Number)).toEqual(
      Array.from({ length: SAMPLES }, () => exit),
    );
    const expected = answers[`logits_${exit}`]!.data as Float32Array;
    (result['logits']!.data as Float32Array).forEach((logit, i) =>
      expect(Math.abs(logit - expected[i]!)).toBeLessThan(1e-3 * Math.max(1, Math.abs(expected[i]!))),
    );
  }
  await session.release();
  model.model.dispose();
});
