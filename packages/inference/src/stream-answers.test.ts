import { expect, it } from 'vitest';
import { createRoutedSession } from './session/routed-session';
import type { Session } from './session/session';
import { streamAnswers } from './stream-answers';

/** One stage for images of two values, whose logits are the values themselves. */
function echo(): Session {
  const runner = {
    stageCount: 1,
    inputShape: [1, 2, 1] as const,
    classes: 2,
    load: (images: Float32Array) => images,
    // An infinite logit stands for a network that overflows.
    run: (_: number, images: Float32Array) =>
      Promise.resolve({ logits: images.map((value) => value * 1e30), features: images }),
    select: (images: Float32Array) => images,
    release: () => undefined,
    dispose: () => undefined,
  };
  const exits = [{ name: 'final', macs: 1 }];
  return createRoutedSession(runner, {
    name: 'echo',
    classes: ['a', 'b'],
    preprocessing: null,
    exits,
    policy: null,
  });
}

async function collect(images: Parameters<typeof streamAnswers>[1], signal?: AbortSignal): Promise<number[]> {
  const classes: number[] = [];
  const options = { batchSize: 2, ...(signal === undefined ? {} : { signal }) };
  for await (const { answers } of streamAnswers(echo(), images, options)) classes.push(...answers.classes);
  return classes;
}

it('answers in order, one batch after the other', async () => {
  const images = [Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(2, 1)];
  expect(await collect(images)).toEqual([0, 1, 0]);
});

it('refuses images of wrong sizes, also where their sum is right', async () => {
  await expect(
    collect([Float32Array.of(1, 0), Float32Array.of(1, 0, 1), Float32Array.of(1)]),
  ).rejects.toThrow('image 1: all images of a stream are of one size, 2 values here. Received: 3 values');
});

it('ends at an abort while the source is silent, and tells the source', async () => {
  const controller = new AbortController();
  let told = false;
  const silent: AsyncIterable<Float32Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: () => {
        told = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  setTimeout(() => {
    controller.abort(new Error('enough'));
  }, 10);
  await expect(collect(silent, controller.signal)).rejects.toThrow('enough');
  expect(told).toBe(true);
});

it('refuses what is nothing', async () => {
  await expect(collect(null as never)).rejects.toThrow('images are an iterable');
  await expect(echo().run(null as never)).rejects.toThrow('images are { data, count }. Received: null');
});

it('gives no answer from logits that are not finite', async () => {
  const run = echo().run({ data: Float32Array.of(0, 1, 1e10, 0), count: 2 });
  await expect(run).rejects.toThrow('image 1: the logits of echo are finite numbers. Received: Infinity');
});
