import { z } from 'zod';
import { datasetOptions, engineOptions } from '../../options/common-schemas';
import {
  criterion,
  flag,
  listOf,
  numberBetween,
  oneOf,
  text,
  threshold,
  wholeNumber,
} from '../../options/option-values';

// A smaller risk needs more samples than any calibration split has; a larger one promises nothing.
const SMALLEST_RISK = 0.0001;
const SMALLEST_DELTA = 0.000001;

/** The options of `calibrate`. */
export const calibrateOptions = z
  .object({
    ...engineOptions,
    ...datasetOptions,
    criterion: criterion(),
    maxAccuracyDrop: numberBetween(0, 100),
    targetMacs: numberBetween(0, 1),
    budget: flag(),
    risk: numberBetween(SMALLEST_RISK, 1, false),
    delta: numberBetween(SMALLEST_DELTA, 1, false),
    confidence: numberBetween(SMALLEST_DELTA, 1, false),
    plan: flag(),
    method: oneOf(['crc', 'ucb', 'ltt']),
    loss: oneOf(['consistency', 'gap']),
    earlyexit: listOf(threshold()),
    scaling: oneOf(['temperature', 'vector', 'none']),
    curve: text(),
    force: flag(),
    logits: text(),
    saveLogits: text(),
    seed: wholeNumber(0),
    batchSize: wholeNumber(),
  })
  .partial();
