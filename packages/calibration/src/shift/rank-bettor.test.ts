import { expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { createRankBettor } from './rank-bettor';

it('plays fair: the next wealth, averaged over all ranks, is the wealth now', () => {
  const history = [0.05, 0.05, 0.95, 0.05];
  const wealthAfter = (rank: number): number => {
    const bettor = createRankBettor(100);
    for (const past of history) bettor.bet(past);
    return bettor.bet(rank);
  };
  const bettor = createRankBettor(100);
  const now = history.map((rank) => bettor.bet(rank)).at(-1)!;
  const next = Array.from({ length: 10 }, (_, bin) => wealthAfter(bin / 10 + 0.05));
  expect(next.reduce((sum, wealth) => sum + wealth, 0) / 10).toBeCloseTo(now, 12);
});

it('wins against ranks that are not uniform, also after a long time in which they were', () => {
  const random = randomStream(4);
  const bettor = createRankBettor(200);
  let wealth = 1;
  for (let i = 0; i < 5000; i++) wealth = bettor.bet(random());
  expect(wealth).toBeLessThan(100);
  for (let i = 0; i < 500; i++) wealth = bettor.bet(random() ** 2);
  expect(wealth).toBeGreaterThan(1000);
});
