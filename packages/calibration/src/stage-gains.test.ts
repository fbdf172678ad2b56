import { type CachedLogits, summarizeExits } from '@earlyexit/exit-criteria';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stageGains } from './stage-gains';

/** Two classes; the policy `max-probability ≥ 0.9` answers where an exit is sure. */
function cachedFrom(sure: readonly (readonly boolean[])[]): CachedLogits {
  const samples = sure[0]!.length;
  const exits = [...sure, new Array<boolean>(samples).fill(true)].map((exit) =>
    Float32Array.from(exit.flatMap((isSure) => (isSure ? [9, 0] : [0, 0]))),
  );
  return { exits, samples, classes: 2, labels: new Int32Array(samples) };
}

const policy = (exits: number) =>
  ({ criterion: 'max-probability', thresholds: new Array<number>(exits).fill(0.9) }) as const;

describe('stageGains', () => {
  it('weighs what the answered save against what the others pay', () => {
    const cached = cachedFrom([
      [true, true, false, false],
      [true, false, true, false],
    ]);
    const costs = [
      { backboneMacs: 10, headMacs: 2 },
      { backboneMacs: 60, headMacs: 30 },
      { backboneMacs: 100, headMacs: 0 },
    ];
    expect(stageGains(cached, policy(2), costs)).toEqual([
      // 2 · (100 − 12) − 2 · 2
      { exit: 0, answered: 2, passedOn: 2, gainMacs: 172, pays: true, admitted: true },
      // 1 · (100 − 90) − 1 · 30
      { exit: 1, answered: 1, passedOn: 1, gainMacs: -20, pays: false, admitted: false },
    ]);
    expect(stageGains(cached, policy(2), costs, 172).map(({ pays }) => pays)).toEqual([false, false]);
  });

  it('adds up to what the policy saves over the network without exits', () => {
    const row = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(row, fc.nat(50), fc.nat(20)), { minLength: 1, maxLength: 4 }),
        (stages) => {
          let backboneMacs = 0;
          const costs = stages.map(([, step, headMacs]) => ({
            backboneMacs: (backboneMacs += step),
            headMacs,
          }));
          const all = [...costs, { backboneMacs: backboneMacs + 7, headMacs: 0 }];
          const cached = cachedFrom(stages.map(([sure]) => sure));
          let heads = 0;
          const exitMacs = all.map((cost) => cost.backboneMacs + (heads += cost.headMacs));
          const staticMacs = all.at(-1)!.backboneMacs;
          const { averageMacs } = summarizeExits(cached, policy(stages.length), { exitMacs, staticMacs });
          const gain = stageGains(cached, policy(stages.length), all).reduce(
            (sum, { gainMacs }) => sum + gainMacs,
            0,
          );
          expect(gain / 8).toBeCloseTo(staticMacs - averageMacs!, 9);
        },
      ),
    );
  });

  it('refuses costs of another network', () => {
    expect(() => stageGains(cachedFrom([[true]]), policy(1), [])).toThrow(/one entry per exit/);
  });
});
