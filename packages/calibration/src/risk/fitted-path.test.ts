import { randomStream } from '@earlyexit/core';
import { summarizeExits } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import type { LabelledLogits } from '../checks';
import { splitSamples } from '../samples/select-samples';
import { syntheticLogits } from '../test-data';
import { controlRisk } from './control-risk';
import { fittedPath } from './fitted-path';
import { sharedThresholdPath } from './threshold-path';

const costs = { exitMacs: [20, 55, 110], staticMacs: 100 };
const temperatures = [1, 1, 1];
const about = { criterion: 'max-probability', temperatures, costs, loss: 'consistency', risk: 0.03 } as const;
const even = syntheticLogits({ samples: 1500, exits: 3, classes: 4, seed: 2 });

/** The first exit's sure answers are wrong now and then, whatever it says. */
function spoil(cached: LabelledLogits, share: number): LabelledLogits {
  const random = randomStream(8);
  const [first, ...others] = cached.exits;
  const spoilt = first!.slice();
  for (let row = 0; row < cached.samples; row++) {
    if (random() < share) spoilt.subarray(row * cached.classes, (row + 1) * cached.classes).reverse();
  }
  return { ...cached, exits: [spoilt, ...others] };
}

describe('fittedPath', () => {
  it('is the shared path where no exit is worth another doubt', () => {
    const shared = sharedThresholdPath('max-probability', { classes: 4, earlyExits: 2 });
    expect(shared).toEqual(expect.arrayContaining(fittedPath(even, about).slice(0, 20)));
  });

  it('gives an exit that is wrong more often a doubt of its own, and saves by it', () => {
    const [fitted, rest] = splitSamples(spoil(even, 0.15), 0.2, 1);
    const path = fittedPath(fitted, about);
    const [first, second] = path[100]!;
    expect(1 - Number(first)).toBeLessThan(0.5 * (1 - Number(second)));
    const macsOf = (options: { path?: typeof path }): number => {
      const { thresholds } = controlRisk(rest, { risk: 0.03, ...options });
      return summarizeExits(rest, { criterion: 'max-probability', thresholds }, costs).averageMacs!;
    };
    expect(macsOf({ path })).toBeLessThan(macsOf({}));
  });

  it('passes where the risk rises and falls again', () => {
    // One early exit: the surest tenth is half wrong there, and later ones make up for it where the final exit is wrong.
    const samples = 600;
    const classes = 2;
    const labels = new Int32Array(samples);
    const early = Float32Array.from({ length: 2 * samples }, (_, i) => {
      const row = i >> 1;
      const wrong = row < 60 && row % 2 === 0;
      return (i % 2 === 1) === wrong ? 12 - row / 60 : 0;
    });
    const final = Float32Array.from({ length: 2 * samples }, (_, i) => {
      const wrong = i >> 1 >= 60 && i >> 1 < 180;
      return (i % 2 === 1) === wrong ? 9 : 0;
    });
    const cached = { exits: [early, final], samples, classes, labels };
    const options = { loss: 'gap', risk: 0.02, temperatures: [1, 1] } as const;
    expect(controlRisk(cached, options).step).toBe(-1);
    const path = fittedPath(cached, {
      ...about,
      ...options,
      costs: { exitMacs: [20, 110], staticMacs: 100 },
    });
    const { thresholds, empiricalRisk } = controlRisk(cached, { ...options, path });
    expect(empiricalRisk).toBeLessThan(0);
    expect(Number(thresholds[0])).toBeLessThan(0.9999);
  });

  it.each(['energy', 'entropy', 'normalized-entropy', 'patience', 'unique-above', 'ensemble'] as const)(
    'goes from dear to cheap with %s',
    (criterion) => {
      const path = fittedPath(even, { ...about, criterion });
      const macs = path
        .filter((_, step) => step % 20 === 0 || step === path.length - 1)
        .map((thresholds) => summarizeExits(even, { criterion, thresholds }, costs).averageMacs!);
      expect(macs).toEqual([...macs].sort((a, b) => b - a));
      expect(macs.at(-1)!).toBeLessThan(criterion === 'unique-above' ? 70 : 40);
      if (criterion !== 'patience') expect(macs[0]!).toBeGreaterThan(90);
    },
  );

  it('refuses a gap without labels and costs that do not fit', () => {
    expect(() => fittedPath({ ...even, labels: null }, { ...about, loss: 'gap' })).toThrow('labels: null');
    const short = { exitMacs: [1], staticMacs: 1 };
    expect(() => fittedPath(even, { ...about, costs: short })).toThrow('so 3 here');
  });
});
