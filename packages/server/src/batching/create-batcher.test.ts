import type { Answers, Session } from '@earlyexit/inference';
import { describe, expect, it } from 'vitest';
import type { Refusal } from '../http/refusal';
import { type Client, createBatcher } from './create-batcher';

interface InventedSession extends Session {
  /** The images of each run. */
  readonly runs: number[][];
  /** Lets the run that waits go on; the next ones too. */
  open(): void;
}

/** Answers each image with itself, or fails at an image of −1; runs wait until `open`. */
function inventSession(): InventedSession {
  const runs: number[][] = [];
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  return {
    runs,
    open,
    metadata: {
      ...{ name: 'invented', classes: ['a'], policy: null },
      preprocessing: { inputShape: [1, 1, 1], mean: [0], standardDeviation: [1] },
      exits: [{ name: 'final', macs: 7 }],
    },
    async run({ data, count }): Promise<Answers> {
      runs.push([...data]);
      await gate;
      if (data.includes(-1)) throw new Error('an image of -1');
      return {
        count,
        classes: Int32Array.from(data),
        exits: new Int32Array(count),
        scores: new Float64Array(count),
        probabilities: new Float64Array(count),
        logits: Float32Array.from(data),
        macs: new Float64Array(count),
      };
    },
    dispose: () => undefined,
  };
}

const limits = { maxBatch: 4, maxDelayMs: 0, queue: 8 };
const images = (...values: number[]) => ({ data: Float32Array.from(values), count: values.length });

describe('createBatcher', () => {
  it('runs the first at once, and whatever comes meanwhile together, in order', async () => {
    const session = inventSession();
    const batcher = createBatcher(session, limits);
    const ask = (...values: number[]) => batcher.reserve(values.length, Infinity).run(images(...values), {});
    const first = ask(1);
    const others = [ask(2), ask(3, 4), ask(5), ask(6)];
    expect(batcher).toMatchObject({ waiting: 5, running: 1 });
    session.open();
    expect((await Promise.all([first, ...others])).map(({ classes }) => [...classes])).toEqual([
      [1],
      [2],
      [3, 4],
      [5],
      [6],
    ]);
    expect(session.runs).toEqual([[1], [2, 3, 4, 5], [6]]);
    await batcher.idle();
    expect(batcher).toMatchObject({ waiting: 0, running: 0 });
  });

  it('shares a run among requests with the same options alone', async () => {
    const session = inventSession();
    const batcher = createBatcher(session, limits);
    const ask = (value: number, thresholds: number[]) =>
      batcher.reserve(1, Infinity).run(images(value), { thresholds });
    const answers = [ask(1, [0.5]), ask(2, [0.5]), ask(3, [0.9]), ask(4, [0.5]), ask(5, [0.9])];
    session.open();
    await Promise.all(answers);
    expect(session.runs).toEqual([[1], [2, 4], [3, 5]]);
  });

  it('joins raw bytes and values', async () => {
    const session = inventSession();
    const batcher = createBatcher(session, limits);
    const run = (data: Uint8Array | Float32Array) => batcher.reserve(1, Infinity).run({ data, count: 1 }, {});
    const answers = [run(Uint8Array.of(255)), run(Uint8Array.of(255)), run(Float32Array.of(3))];
    session.open();
    expect((await Promise.all(answers)).map(({ classes }) => classes[0])).toEqual([255, 1, 3]);
  });

  it('lets no fault of one request be the fault of others', async () => {
    const session = inventSession();
    const batcher = createBatcher(session, limits);
    const ask = (value: number) => batcher.reserve(1, Infinity).run(images(value), {});
    const answers = [ask(1), ask(2), ask(-1), ask(3)].map((each) => each.catch((error: unknown) => error));
    session.open();
    const [, two, wrong, three] = await Promise.all(answers);
    expect([two, three]).toMatchObject([{ count: 1 }, { count: 1 }]);
    expect(wrong).toMatchObject({ message: 'an image of -1' });
  });

  it('refuses what does not fit into the queue, and takes places given back', () => {
    const batcher = createBatcher(inventSession(), limits);
    const places = [batcher.reserve(4, Infinity), batcher.reserve(4, Infinity)];
    expect(() => batcher.reserve(1, Infinity)).toThrow(
      expect.objectContaining({ status: 429, reason: 'full', retryAfterSeconds: 1 }) as Refusal,
    );
    places[0]!.release();
    places[0]!.release();
    expect(() => batcher.reserve(5, Infinity)).toThrow('queue: no more than 8 images wait');
    expect(batcher.reserve(4, Infinity)).toBeDefined();
    expect(() => batcher.reserve(9, Infinity)).toThrow(expect.objectContaining({ status: 413 }) as Refusal);
  });

  it('refuses whose time has passed before the run, and takes out who is gone', async () => {
    const session = inventSession();
    const batcher = createBatcher(session, limits);
    const first = batcher.reserve(1, Infinity).run(images(1), {});
    const late = batcher.reserve(1, performance.now() + 200).run(images(2), {});
    const client: Client = { isGone: false };
    const gone = batcher.reserve(1, Infinity).run(images(3), {}, client);
    const last = batcher.reserve(1, Infinity).run(images(4), {});
    const all = Promise.allSettled([first, late, gone, last]);
    client.onGone?.();
    await new Promise((resolve) => setTimeout(resolve, 220));
    session.open();
    const [, lateEnd, goneEnd, lastEnd] = await all;
    expect(lateEnd).toMatchObject({ status: 'rejected', reason: { status: 503, reason: 'deadline' } });
    expect(goneEnd).toMatchObject({ status: 'rejected', reason: { reason: 'gone' } });
    expect(lastEnd).toMatchObject({ status: 'fulfilled' });
    expect(session.runs).toEqual([[1], [4]]);
  });

  it('lets nobody whose time has passed keep others out', async () => {
    const session = inventSession();
    const batcher = createBatcher(session, limits);
    const ask = (count: number, deadline: number) =>
      batcher.reserve(count, deadline).run(images(...new Array<number>(count).fill(1)), {});
    const running = ask(1, Infinity);
    const late = ask(8, performance.now() + 400).catch((error: unknown) => error);
    expect(() => batcher.reserve(4, Infinity)).toThrow('queue');
    await new Promise((resolve) => setTimeout(resolve, 420));
    const next = ask(4, Infinity);
    expect(await late).toMatchObject({ reason: 'deadline' });
    session.open();
    await Promise.all([running, next]);
    expect(session.runs).toEqual([[1], [1, 1, 1, 1]]);
  });

  it('takes no idle time for a part of the next run, though the last one to wait has left', async () => {
    const session = inventSession();
    const batcher = createBatcher(session, limits);
    const client: Client = { isGone: false };
    const first = batcher.reserve(1, Infinity).run(images(1), {});
    const leaver = batcher.reserve(1, Infinity).run(images(2), {}, client);
    session.open();
    await first;
    client.onGone?.();
    await expect(leaver).rejects.toMatchObject({ reason: 'gone' });
    await new Promise((resolve) => setTimeout(resolve, 600));
    await batcher.reserve(1, Infinity).run(images(3), {});
    batcher.reserve(1, Infinity);
    expect(() => batcher.reserve(1, performance.now() + 200)).not.toThrow();
  });

  it('refuses at once what is certain to be late', async () => {
    const session = inventSession();
    session.open();
    const slow: Session = {
      ...session,
      run: async (batch, options) => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        return session.run(batch, options);
      },
    };
    const batcher = createBatcher(slow, limits);
    await batcher.reserve(1, Infinity).run(images(1), {});
    const running = batcher.reserve(1, Infinity).run(images(2), {});
    const waiting = batcher.reserve(4, Infinity).run(images(3, 3, 3, 3), {});
    expect(() => batcher.reserve(1, performance.now() + 200)).toThrow(
      expect.objectContaining({ status: 503, reason: 'deadline' }) as Refusal,
    );
    await Promise.all([running, waiting]);
    // Nothing is ahead: what the guess says is found out.
    await expect(batcher.reserve(1, performance.now() + 200).run(images(1), {})).resolves.toBeDefined();
  });
});
