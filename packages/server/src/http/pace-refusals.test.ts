import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paceRefusals } from './pace-refusals';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** How many of so many refusals have gone after each of these times, in milliseconds. */
async function goneAfter(count: number, times: readonly number[], until = Infinity): Promise<number[]> {
  const pace = paceRefusals();
  let gone = 0;
  for (let i = 0; i < count; i++) void pace.turn(until).then(() => gone++);
  const found: number[] = [];
  let now = 0;
  for (const time of times) {
    await vi.advanceTimersByTimeAsync(time - now);
    now = time;
    found.push(gone);
  }
  return found;
}

it('lets few go at once, spaces more, and holds none for longer than a second', async () => {
  expect(await goneAfter(20, [0])).toEqual([20]);
  expect(await goneAfter(60, [0, 100, 400])).toEqual([20, 30, 60]);
  expect(await goneAfter(300, [500, 999, 1000])).toEqual([70, 119, 300]);
});

it('refuses before the deadline of a request, and all at once when it is over', async () => {
  expect(await goneAfter(100, [0, 49, 50], performance.now() + 50)).toEqual([20, 24, 100]);
  const pace = paceRefusals();
  const turns = Array.from({ length: 100 }, () => pace.turn(Infinity));
  pace.end();
  await Promise.all([...turns, pace.turn(Infinity)]);
  expect(vi.getTimerCount()).toBe(0);
});
