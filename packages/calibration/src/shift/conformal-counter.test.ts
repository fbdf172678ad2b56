import { expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { createConformalCounter } from './conformal-counter';

it('ranks by hand', () => {
  // Two 0s, one 1, one 2 before; then a 1: 2 below, 2 of its own kind with itself, 5 in all.
  const counter = createConformalCounter(3, [0, 0, 1, 2]);
  expect(counter.rank(1, 0.5)).toBe((2 + 0.5 * 2) / 5);
  expect([...counter.counts]).toEqual([2, 2, 1]);
});

it('gives uniform ranks to draws alike, however uneven the categories', () => {
  const random = randomStream(9);
  const draw = (): number => (random() < 0.8 ? 0 : random() < 0.5 ? 1 : 2);
  const counter = createConformalCounter(3, Array.from({ length: 100 }, draw));
  const tenths = new Int32Array(10);
  for (let i = 0; i < 20_000; i++) tenths[Math.floor(10 * counter.rank(draw(), random()))]!++;
  // A tenth of 20,000 has a standard deviation of 42; four of them.
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(170);
});
