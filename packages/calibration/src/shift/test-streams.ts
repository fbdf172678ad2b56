import { simulate, type Simulation } from '@earlyexit/exit-criteria';
import { selectSamples } from '../samples/select-samples';
import { randomStream } from '@earlyexit/core';
import { syntheticLogits, type SyntheticOptions } from '../test-data';
import { createShiftMonitor, type ShiftReport } from './shift-monitor';

const network: SyntheticOptions = { samples: 20_000, exits: 3, classes: 5 };
const policy = { criterion: 'max-probability', thresholds: [0.9, 0.8] } as const;
const usual = syntheticLogits(network);
/** Answers to samples like those that the network was calibrated on, and to harder ones. */
export const usualAnswers = simulate(usual, policy);
export const harderAnswers = simulate(syntheticLogits({ ...network, ease: 1.5, seed: 1 }), policy);
// Only the class frequencies change: three times as many samples of class 0.
export const otherClasses = simulate(
  selectSamples(
    usual,
    Int32Array.from(Array.from(usual.labels, (label, row) => (label === 0 ? [row, row, row] : [row])).flat()),
  ),
  policy,
);

/** Answers drawn with replacement. */
export function drawAnswers(answers: Simulation, count: number, random: () => number): Simulation {
  const rows = Int32Array.from({ length: count }, () => Math.floor(random() * answers.scores.length));
  return {
    exitIndex: rows.map((row) => answers.exitIndex[row]!),
    classes: rows.map((row) => answers.classes[row]!),
    scores: Float64Array.from(rows, (row) => answers.scores[row]!),
  };
}

/** Watches `streams` streams: `before` usual answers, then `after` of the others; a new reference for each. */
export function watchStreams(
  streams: number,
  {
    falseAlarmRate,
    before,
    after,
    others,
  }: {
    falseAlarmRate: number;
    before: number;
    after: number;
    others: Simulation;
  },
): ShiftReport[] {
  const random = randomStream(23);
  return Array.from({ length: streams }, (_, seed) => {
    const reference = drawAnswers(usualAnswers, 1000, random);
    const monitor = createShiftMonitor(reference, { exits: 3, classes: 5, falseAlarmRate, seed });
    monitor.observe(drawAnswers(usualAnswers, before, random));
    return monitor.observe(drawAnswers(others, after, random));
  });
}
