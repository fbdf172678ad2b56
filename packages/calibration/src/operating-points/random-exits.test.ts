import { expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { randomExitAccuracy, randomExits } from './random-exits';

const at = (averageMacs: number, top1: number) => ({ averageMacs, top1 });

it('keeps the corners that no mixture of others beats', () => {
  // At 30, half of the samples at 10 and half at 50 would be right on 0.7.
  const exits = [at(10, 0.5), at(30, 0.65), at(50, 0.9), at(60, 0.9), at(80, 0.85), at(90, 0.92)];
  expect(randomExits(exits)).toEqual([at(10, 0.5), at(50, 0.9), at(90, 0.92)]);
});

it('gives what an actual coin gives', () => {
  const corners = [at(10, 0.5), at(50, 0.9)];
  const random = randomStream(3);
  let cost = 0;
  let right = 0;
  for (let i = 0; i < 100_000; i++) {
    const exit = corners[random() < 0.3 ? 1 : 0]!;
    cost += exit.averageMacs / 100_000;
    right += random() < exit.top1 ? 1 / 100_000 : 0;
  }
  // The standard deviation of the share is 0.0016.
  expect(Math.abs((randomExitAccuracy(corners, cost) ?? 0) - right)).toBeLessThan(0.008);
});

it('knows nothing cheaper than the cheapest exit, and stays at the best one', () => {
  const corners = [at(10, 0.5), at(50, 0.9)];
  expect(randomExitAccuracy(corners, 9)).toBeNull();
  expect(randomExitAccuracy(corners, 10)).toBe(0.5);
  expect(randomExitAccuracy(corners, 50)).toBe(0.9);
  expect(randomExitAccuracy(corners, 70)).toBe(0.9);
  expect(randomExitAccuracy([], 1)).toBeNull();
});
