import { loadSession, loadStagedSession } from '@earlyexit/inference/onnx';
import { describe, expect, it } from 'vitest';
import { cascadeOnnx } from './cascade-onnx';
import { colourImages, colourNetwork, preparation } from './testing/colour-networks';

const images = colourImages(600);
const small = { network: colourNetwork({ stride: 4 }) };
const large = { network: colourNetwork({ depth: 40, scale: 60 }), ...preparation };
const aim = { risk: 0.05, delta: 0.1, loss: 'consistency' } as const;

describe('cascadeOnnx', () => {
  it('writes one file that answers as the two networks do, and keeps its promise', async () => {
    const { file, report } = await cascadeOnnx(small, large, {
      images,
      aim,
      classes: ['red', 'green', 'blue'],
    });
    expect(report.promise).toMatchObject({ risk: 0.05, delta: 0.1, samples: 270 });
    expect(report.differentAnswers).toBeLessThanOrEqual(0.05);
    expect(report.macsRatio).toBeGreaterThan(1.5);
    expect(report.exits[0]!.share).toBeGreaterThan(0.3);

    const session = await loadSession(file, { threads: 1 });
    expect(session.metadata).toMatchObject({ classes: ['red', 'green', 'blue'] });
    expect(session.file.origin).toBe('foreign');
    const feed = { data: images.bytes, count: images.size };
    const [first, never] = [await session.run(feed), await session.run(feed, { thresholds: ['never'] })];
    const always = await session.run(feed, { thresholds: ['always'] });
    expect(new Set(first.exits)).toEqual(new Set([0, 1]));
    first.exits.forEach((exit, row) => {
      const own = exit === 0 ? always : never;
      expect(first.classes[row]).toBe(own.classes[row]);
      expect(first.logits[row * 3]).toBeCloseTo(own.logits[row * 3]!, 4);
    });
    // The large network sees all pixels.
    const right = never.classes.filter((answer, row) => answer === images.labels[row]).length;
    expect(right / images.size).toBeGreaterThan(0.95);
    session.dispose();
  });

  it('resizes for a small network of another size and preparation, inside the file', async () => {
    const half = {
      network: colourNetwork({ side: 4, channelsLast: true, opset: 17 }),
      mean: [0.5, 0.5, 0.5],
      standardDeviation: [0.25, 0.25, 0.25],
    };
    const { report } = await cascadeOnnx(half, large, { images, aim });
    // Its answers would be those of noise on images of another preparation.
    expect(report.exits[0]!.share).toBeGreaterThan(0.3);
    expect(report.accuracy).toBeNull();
  });

  it('puts three networks into one file, the cheapest first, each with its own order of the classes', async () => {
    const first = {
      network: colourNetwork({ stride: 4, order: [2, 0, 1] }),
      classes: ['green', 'blue', 'red'],
    };
    const second = { network: colourNetwork({ depth: 6, stride: 2, scale: 60 }) };
    const { file, report, stages } = await cascadeOnnx([first, second], large, {
      images,
      aim,
      classes: ['red', 'green', 'blue'],
    });
    expect(report.exits.map(({ name, head }) => [name, head])).toEqual([
      ['small0', 'ONNX file'],
      ['small1', 'ONNX file'],
      ['final', null],
    ]);
    expect(report.differentInterval[0]).toBeLessThanOrEqual(0.05);
    expect(report.macsRatio).toBeGreaterThan(1.5);

    const session = await loadSession(file, { threads: 1 });
    const feed = { data: images.bytes, count: images.size };
    const policies = [
      ['always', 'always'],
      ['never', 'always'],
      ['never', 'never'],
    ] as const;
    const alone: Awaited<ReturnType<typeof session.run>>[] = [];
    for (const thresholds of policies) alone.push(await session.run(feed, { thresholds: [...thresholds] }));
    const answers = await session.run(feed);
    expect(new Set(answers.exits)).toEqual(new Set([0, 1, 2]));
    answers.exits.forEach((exit, row) => {
      expect(answers.classes[row]).toBe(alone[exit]!.classes[row]);
      expect(answers.logits[row * 3]).toBeCloseTo(alone[exit]!.logits[row * 3]!, 4);
    });
    const staged = await loadStagedSession(await stages(), { threads: 1 });
    const { classes, exits } = await staged.run(feed);
    expect([classes, exits]).toEqual([answers.classes, answers.exits]);
    staged.dispose();
    session.dispose();
  });

  it('keeps accuracy where there are labels', async () => {
    const { report } = await cascadeOnnx(small, large, {
      images,
      labels: images.labels,
      aim: { maxAccuracyDrop: 0.02 },
    });
    expect(report.promise).toBeNull();
    expect(report.accuracy!.without - report.accuracy!.withExits).toBeLessThan(0.06);
  });

  it.each([
    [
      'a small network that costs more',
      () => cascadeOnnx({ network: large.network }, { ...small, ...preparation }, { images, aim }),
      /it costs less than the network alone/,
    ],
    [
      'other classes',
      () => cascadeOnnx({ network: colourNetwork({ classes: 4 }) }, large, { images, aim }),
      /both networks have the same classes/,
    ],
    [
      '20 images',
      () => cascadeOnnx(small, large, { images: colourImages(20), aim }),
      /has at least 10 images/,
    ],
    [
      'too few for the promise',
      () => cascadeOnnx(small, large, { images, aim: { ...aim, risk: 0.001 } }),
      /rests on at least 2302 images/,
    ],
    [
      'too few for a promise of a risk that times 100 has many digits',
      () => cascadeOnnx(small, large, { images, aim: { ...aim, risk: 0.007 } }),
      /a promise of at most 0\.7 % with a probability of 90 % rests on/,
    ],
    [
      'images of one class',
      () =>
        cascadeOnnx(small, large, {
          images: {
            size: 200,
            read: (rows) =>
              Promise.resolve(new Uint8Array(rows.length * 192).map((_, i) => (i % 3 === 0 ? 200 : 10))),
          },
          aim,
        }),
      /the images are of several classes/,
    ],
    [
      'no labels for accuracy',
      () => cascadeOnnx(small, large, { images, aim: { maxAccuracyDrop: 0 } }),
      /accuracy can only be kept where it is known/,
    ],
    [
      'classes in another order',
      () => cascadeOnnx({ network: colourNetwork({ stride: 4, order: [2, 0, 1] }) }, large, { images, aim }),
      /the same class for .* % of the images, and for .* % with the classes in the order 1, 2, 0/,
    ],
    [
      'labels in another order',
      () => {
        const labels = images.labels.map((label) => (label + 1) % 3);
        return cascadeOnnx(small, large, { images, labels, aim: { maxAccuracyDrop: 0 } });
      },
      /answers and labels.*with the classes in the order 1, 2, 0/,
    ],
    [
      'two deviations for three channels',
      () => cascadeOnnx(small, { ...large, standardDeviation: [1, 1] }, { images, aim }),
      /one number per channel, 3 here/,
    ],
  ])('refuses %s', async (_, action, message) => {
    await expect(action()).rejects.toThrow(message);
  });
});
