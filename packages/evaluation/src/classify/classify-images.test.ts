import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answers, ImageBatch, RunOptions, Session } from '@earlyexit/inference';
import sharp, { type SharpOptions } from 'sharp';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { type Classification, classifyImages } from './classify-images';
import { monitorStream } from './stream-monitor';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  for (const value of [10, 200]) {
    const image = {
      create: { width: 4, height: 4, channels: 3, background: { r: value, g: value, b: value } },
    };
    await sharp(image as SharpOptions)
      .png()
      .toFile(at(`${String(value)}.png`));
  }
  await writeFile(at('broken.png'), 'no image');
});

/** A network that tells dark from light at its first exit, and notes how it was run. */
function inventSession(): Session & {
  readonly runs: { images: ImageBatch; options: RunOptions | undefined }[];
} {
  const runs: { images: ImageBatch; options: RunOptions | undefined }[] = [];
  return {
    runs,
    metadata: {
      name: 'invented',
      classes: ['dark', 'light'],
      preprocessing: { inputShape: [4, 4, 1], mean: [0], standardDeviation: [1] },
      exits: [
        { name: 'exit0', macs: 20 },
        { name: 'final', macs: 110 },
      ],
      policy: null,
    },
    run(images, options) {
      runs.push({ images, options });
      const first = Array.from({ length: images.count }, (_, i) => images.data[i * 16] ?? 0);
      const answers: Answers = {
        count: images.count,
        classes: Int32Array.from(first, (value) => (value > 100 ? 1 : 0)),
        exits: new Int32Array(images.count),
        scores: new Float64Array(images.count).fill(0.9),
        probabilities: new Float64Array(images.count).fill(0.9),
        logits: new Float32Array(images.count * 2),
        macs: new Float64Array(images.count).fill(20),
      };
      return Promise.resolve(answers);
    },
    dispose: () => undefined,
  };
}

const named = (...names: string[]) => names.map((name) => ({ name, image: at(name) }));

async function collect(answers: AsyncGenerator<Classification>): Promise<Classification[]> {
  const all: Classification[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
}

describe('classifyImages', () => {
  it.each([1, 2, 5])(
    'answers in order, the unreadable ones with an error, %d at a time',
    async (batchSize) => {
      const session = inventSession();
      const images = named('200.png', 'broken.png', '10.png', 'nowhere.png', '200.png');
      const answers = await collect(classifyImages(session, images, { batchSize }));
      expect(answers.map(({ input, label }) => [input, label])).toEqual([
        ['200.png', 'light'],
        ['broken.png', null],
        ['10.png', 'dark'],
        ['nowhere.png', null],
        ['200.png', 'light'],
      ]);
      expect(answers[0]).toMatchObject({ class: 1, probability: 0.9, exit: 0, exitName: 'exit0', macs: 20 });
      expect(answers[1]).toMatchObject({ class: null, exit: null, macs: null });
      expect(answers[1]?.error).toContain('broken.png');
      expect(answers[3]?.error).toContain('nowhere.png');
    },
  );

  it('computes the whole network once before the first answer, unless thresholds are built in', async () => {
    const session = inventSession();
    const options = { thresholds: [0.5] };
    await collect(classifyImages({ session, isFixed: false, options }, named('10.png')));
    expect(session.runs.map((run) => run.options?.thresholds)).toEqual([['never'], [0.5]]);
    const fixed = inventSession();
    await collect(classifyImages({ session: fixed, isFixed: true, options: {} }, named('10.png')));
    expect(fixed.runs.map((run) => run.options?.thresholds)).toEqual([undefined, undefined]);
  });

  it('inverts where it is told to', async () => {
    const answers = await collect(classifyImages(inventSession(), named('10.png'), { invert: true }));
    expect(answers[0]?.label).toBe('light');
  });

  it('stops at a signal, between two images', async () => {
    const controller = new AbortController();
    const answers = classifyImages(inventSession(), named('10.png', '200.png'), {
      signal: controller.signal,
    });
    await answers.next();
    controller.abort(new Error('enough'));
    await expect(answers.next()).rejects.toThrow('enough');
  });

  it('refuses a batch of no images, and a network that does not say how images become inputs', async () => {
    await expect(collect(classifyImages(inventSession(), [], { batchSize: 0 }))).rejects.toThrow(
      'classifyImages({ batchSize }): it is a whole number of at least 1. Received: 0',
    );
    const session = inventSession();
    const unknown = { ...session, metadata: { ...session.metadata, preprocessing: null } };
    await expect(collect(classifyImages(unknown, named('10.png')))).rejects.toThrow(
      'the model does not say how images become its inputs',
    );
  });
});

describe('monitorStream', () => {
  it('says once that answers no longer look like the reference', () => {
    const calibration = inventLogits({ samples: 500, exits: 2 });
    const monitor = monitorStream(calibration, { criterion: 'max-probability', thresholds: [0.9] });
    const said = Array.from({ length: 300 }, () => monitor.observe({ exit: 1, class: 3, score: 0.2 }));
    expect(said.filter((text) => text !== null)).toHaveLength(1);
    expect(said.find((text) => text !== null)).toContain('The stream has shifted');
    expect(monitor).toMatchObject({ seen: 300, alarmed: true });
  });

  it('needs a reference that is large enough', () => {
    const policy = { criterion: 'max-probability', thresholds: [0.9] } as const;
    expect(() => monitorStream(inventLogits({ samples: 99, exits: 2 }), policy)).toThrow(
      'at least 100 calibration samples. Received: 99',
    );
  });
});
