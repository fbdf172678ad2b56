import { randomStream } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import type { KeptNetwork } from './kept-facts';

const CLASSES = 10;
/** How much each exit knows: the share of the hardness of a sample that it overcomes. */
const STRENGTHS = [2.2, 3, 3.8, 4.6, 5.4, 6.2];

/** Six exits, each of which knows a little more than the one before, on 5,000 samples of every hardness. */
export function madeUpNetwork(samples = 5000): KeptNetwork {
  return {
    name: 'made-up',
    title: 'Six exits, made up',
    classes: CLASSES,
    exits: ['exit0', 'exit1', 'exit2', 'exit3', 'exit4', 'final'],
    costs: { exitMacs: [12e6, 24e6, 37e6, 50e6, 64e6, 78e6], staticMacs: 72e6 },
    criterion: 'max-probability',
    temperatures: STRENGTHS.map(() => 1),
    thresholds: [0.95, 0.95, 0.95, 0.95, 0.95],
    command: 'random numbers, seeded',
    calibration: madeUpLogits(samples, 1),
    test: madeUpLogits(samples, 2),
  };
}

function madeUpLogits(samples: number, seed: number): CachedLogits {
  const random = randomStream(seed);
  const noise = (): number => random() + random() + random() - 1.5;
  const labels = new Int32Array(samples);
  const exits = STRENGTHS.map(() => new Float32Array(samples * CLASSES));
  for (let row = 0; row < samples; row++) {
    const label = (labels[row] = Math.floor(random() * CLASSES));
    // What resembles it: a hard sample is torn between the two, at every exit alike.
    const rival = (label + 1 + Math.floor(random() * (CLASSES - 1))) % CLASSES;
    const ease = random();
    const pull = 1.6 * noise();
    exits.forEach((logits, exit) => {
      const at = row * CLASSES;
      for (let index = 0; index < CLASSES; index++) logits[at + index] = 1.4 * noise();
      logits[at + label]! += STRENGTHS[exit]! * (0.35 + 1.5 * ease);
      logits[at + rival]! += STRENGTHS[exit]! * 0.25 + pull;
    });
  }
  return { exits, samples, classes: CLASSES, labels };
}
