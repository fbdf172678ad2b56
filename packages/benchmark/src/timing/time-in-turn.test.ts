import { failure } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { timeInTurn } from './time-in-turn';

it('takes turns, and throws the first round away', async () => {
  const order: string[] = [];
  const turn = (name: string) => (round: number) => {
    order.push(`${name}${String(round)}`);
    return Promise.resolve(round * 10);
  };
  const done: number[] = [];
  const results = await timeInTurn(
    { a: turn('a'), left: null, b: turn('b') },
    { rounds: 2, onProgress: (progress) => done.push(progress.done) },
  );
  expect(order).toEqual(['a-1', 'b-1', 'a0', 'b0', 'a1', 'b1']);
  expect(results).toEqual({ a: [0, 10], left: [], b: [0, 10] });
  expect(done).toEqual([0, 1, 2, 3]);
});

it('ends when it is aborted', async () => {
  const controller = new AbortController();
  let turns = 0;
  const turn = () => {
    if (++turns === 2) controller.abort();
    return Promise.resolve(1);
  };
  const error = await failure(timeInTurn({ turn }, { rounds: 5, signal: controller.signal }));
  expect([error.name, turns]).toEqual(['AbortError', 2]);
});
