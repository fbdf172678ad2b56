import { selectEngine } from '@earlyexit/backend';
import { readImage } from '@earlyexit/datasets';
import { loadSession } from '@earlyexit/inference/onnx';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional } from '@earlyexit/onnx';
import sharp from 'sharp';
import { expect, it } from 'vitest';

it('a colour picture becomes the same grey when it is read and inside an exported graph', async () => {
  await selectEngine('cpu');
  const model = createModel('test_b_lenet');
  const [height, width] = model.model.inputs[0]!.shape.slice(1) as [number, number];
  const preprocessing = { inputShape: [height, width, 1], mean: [0.45], standardDeviation: [0.22] } as const;
  const network = { ...model, metadata: { ...model.metadata, preprocessing } };
  const options = { criterion: 'max-probability', thresholds: ['never'] } as const;
  const grey = await loadSession(await exportConditional(network, options));
  const colour = await loadSession(await exportConditional(network, { ...options, colorInput: true }));

  const flat = (color: readonly number[]) =>
    sharp({
      create: {
        width: 50,
        height: 40,
        channels: 3,
        background: { r: color[0]!, g: color[1]!, b: color[2]! },
      },
    })
      .png()
      .toBuffer();
  const answer = async (session: typeof grey, color: readonly number[], channels: 1 | 3) => {
    const data = await readImage(await flat(color), { imageShape: [height, width, channels] });
    return (await session.run({ data, count: 1 }, { thresholds: ['never'] })).logits;
  };
  const largest = (one: Float32Array, other: Float32Array) =>
    Math.max(...one.map((logit, index) => Math.abs(logit - other[index]!)));

  const range = largest(await answer(grey, [0, 0, 0], 1), await answer(grey, [255, 255, 255], 1));
  for (const color of [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [250, 200, 10],
    [90, 20, 160],
  ]) {
    // Read, grey is rounded to bytes, and the graph does not round: half a 255th of the range. Linear luminance would be 22 off.
    expect(largest(await answer(grey, color, 1), await answer(colour, color, 3))).toBeLessThan(0.01 * range);
  }
  grey.dispose();
  colour.dispose();
  model.model.dispose();
});
