import { numberListOption, valueOption } from './declare-option';
import { listOf, numberBetween, threshold, wholeNumber } from './option-values';

/** `--earlyexit`, with the spelling of the original example. */
export function thresholdsOption(help: string) {
  return numberListOption('t', listOf(threshold()), help, {
    spellings: ['--earlyexit_thresholds'],
    sets: ['thresholds'],
  });
}

/** How far accuracy may drop: percentage points on the command line, a fraction inside. */
export const accuracyDrop = () => numberBetween(0, 100).transform((points) => points / 100);

/** What thresholds are searched for. */
export const aimOptions = {
  maxAccuracyDrop: valueOption(
    'pp',
    accuracyDrop(),
    'aim: the cheapest that is at most so many percentage points below the final exit',
    { otherwise: '0.5' },
  ),
  targetMacs: valueOption(
    'share',
    numberBetween(0, 1),
    'aim: the most accurate at no more than this share of the plain network’s MACs',
  ),
};

// A smaller risk needs more samples than any calibration split has; a larger one promises nothing.
const SMALLEST_RISK = 0.0001;
const SMALLEST_DELTA = 0.000001;

/** The largest risk that a promise allows. */
export const risk = () => numberBetween(SMALLEST_RISK, 1, false);

/** The probability with which a promise may fail. */
export const delta = () => numberBetween(SMALLEST_DELTA, 1, false);

/** `--batch-size` of commands that run a whole split. */
export const batchSizeOption = valueOption('n', wholeNumber(), 'images computed together', {
  otherwise: '128',
});

/** `--seed` of commands that reopen the splits of a run. */
export const splitsSeedOption = valueOption('n', wholeNumber(0), 'of the splits', {
  otherwise: 'the one of the run, else 0',
});
