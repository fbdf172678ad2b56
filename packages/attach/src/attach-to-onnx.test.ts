import { loadSession, loadStagedSession } from '@earlyexit/inference/onnx';
import { describe, expect, it, vi } from 'vitest';
import { attachToOnnx } from './attach-to-onnx';
import { colourImages, colourNetwork, preparation } from './testing/colour-networks';

const images = colourImages(900);
const aim = { risk: 0.05, delta: 0.1, loss: 'consistency' } as const;
const network = colourNetwork({ depth: 24, scale: 60, softmax: true });

describe('attachToOnnx', () => {
  it('puts exits where they are named, and its file answers as the network where nobody leaves', async () => {
    const exits = ['relu_2', '50%'];
    const { file, report, stages } = await attachToOnnx(network, {
      images,
      aim,
      exits,
      hidden: 8,
      ...preparation,
    });
    expect(report.exits.map(({ name }) => name)).toEqual(['exit0', 'exit1', 'final']);
    expect(report.samples).toBe(180);
    expect(report.promise).toMatchObject({ samples: 270, risk: 0.05 });
    expect(report.differentAnswers).toBeLessThanOrEqual(0.05);
    expect(report.macsRatio).toBeGreaterThan(1.3);

    const session = await loadSession(file, { threads: 1 });
    const feed = { data: images.bytes, count: images.size };
    const answers = await session.run(feed);
    const never = await session.run(feed, { thresholds: ['never', 'never'] });
    const different = answers.classes.filter((answer, row) => answer !== never.classes[row]).length;
    expect(different / images.size).toBeLessThanOrEqual(0.05);
    const staged = await loadStagedSession(await stages(), { threads: 1 });
    const again = await staged.run(feed);
    expect([again.classes, again.exits]).toEqual([answers.classes, answers.exits]);
    again.logits.forEach((logit, i) => {
      expect(logit).toBeCloseTo(answers.logits[i]!, 4);
    });
    staged.dispose();
    const half = answers.scores.toSorted()[Math.floor(images.size / 2)]!;
    const mixed = await session.run(feed, { thresholds: [half, 'always'] });
    expect(new Set(mixed.exits)).toEqual(new Set([0, 1]));
    const plain = await loadSession(
      (await attachToOnnx(network, { images, aim, exits: ['20%'], hidden: 0, ...preparation })).file,
      { threads: 1 },
    );
    const other = await plain.run(feed, { thresholds: ['never'] });
    expect(other.logits).toEqual(never.logits);
    const twice = attachToOnnx(file, { images, aim, ...preparation });
    await expect(twice).rejects.toThrow('a file that has exits already');
    session.dispose();
    plain.dispose();
  });

  it('chooses the places itself, and lets heads learn from other images', async () => {
    const headImages = colourImages(500, 8, 7);
    const { report } = await attachToOnnx(network, { images, headImages, aim, hidden: 0, ...preparation });
    expect(report.exits.length).toBeGreaterThan(1);
    expect(report.macsRatio).toBeGreaterThan(1.5);
    // All of the images are left for the thresholds and the report.
    expect([report.promiseSamples, report.samples]).toEqual([405, 315]);
  });

  it('refuses a place that is not there, and 20 images', async () => {
    const unknown = attachToOnnx(network, { images, aim, exits: ['relu_99'], ...preparation });
    await expect(unknown).rejects.toThrow(/alone is carried on.*relu_/);
    const few = attachToOnnx(network, { images: colourImages(20), aim, ...preparation });
    await expect(few).rejects.toThrow(/at least 10 images/);
  });

  it('refuses a promise that the images cannot hold before it reads any', async () => {
    const read = vi.fn<typeof images.read>();
    const strict = { images: { size: 900, read }, aim: { ...aim, risk: 0.001 }, ...preparation };
    await expect(attachToOnnx(network, strict)).rejects.toThrow(/at least 2302 images.*270 of 900/);
    expect(read).not.toHaveBeenCalled();
  });
});
