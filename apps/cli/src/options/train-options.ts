import { z } from 'zod';
import { datasetOptions, engineOptions } from './common-schemas';
import {
  countOrShare,
  criterion,
  flag,
  listOf,
  numberBetween,
  oneOf,
  positiveNumber,
  text,
  threshold,
  wholeNumber,
} from './option-values';

/** The options of `train`, from the command line or a configuration file; all may be left out. */
export const trainOptionsSchema = z
  .object({
    ...engineOptions,
    ...datasetOptions,
    model: text(),
    exits: listOf(text()),
    epochs: wholeNumber(),
    batchSize: wholeNumber(),
    workers: z.union([z.literal('auto'), wholeNumber()], {
      error: 'it is a whole number of at least 1, or auto',
    }),
    optimizer: oneOf(['sgd', 'adam', 'adamw']),
    lr: positiveNumber(),
    momentum: numberBetween(0, 1, false),
    nesterov: flag(),
    weightDecay: numberBetween(0, 1),
    schedule: oneOf(['constant', 'step', 'cosine', 'one-cycle']),
    warmupEpochs: numberBetween(0, 1e6),
    labelSmoothing: numberBetween(0, 1, false),
    ema: numberBetween(0, 1, false),
    clipNorm: positiveNumber(),
    patience: wholeNumber(),
    keep: wholeNumber(),
    checkpointEvery: wholeNumber(),
    regime: oneOf(['joint', 'two-stage', 'frozen', 'cascade', 'distill']),
    lossweights: listOf(numberBetween(-1e9, 1e9)),
    earlyexit: listOf(threshold()),
    criterion: criterion(),
    augment: flag(),
    validation: countOrShare(),
    calibration: countOrShare(),
    limit: wholeNumber(),
    seed: wholeNumber(0),
    out: text(),
    resume: flag(),
    dryRun: flag(),
    tensorboard: flag(),
    watch: flag(),
  })
  .partial()
  .strict();

/** The options of `train`, checked. */
export type TrainOptions = z.output<typeof trainOptionsSchema>;

// The original example's spellings.
const otherSpellings: Readonly<Record<string, string>> = {
  earlyexit_thresholds: 'earlyexit',
  earlyexit_lossweights: 'lossweights',
};

/** Gives options their own names: `earlyexit_thresholds` becomes `earlyexit`. */
export function renameSpellings(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [otherSpellings[key] ?? key, value]),
  );
}
