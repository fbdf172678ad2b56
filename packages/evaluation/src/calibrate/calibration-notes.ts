import { DataError } from '@earlyexit/core';
import {
  type CachedLogits,
  evaluateExits,
  type ExitPolicy,
  type ExitSummary,
  getCriterion,
} from '@earlyexit/exit-criteria';

const NAMED_AT_MOST = 5;

/**
 * Refuses logits that nothing can be calibrated on, naming the exit and the image.
 *
 * @throws DataError if there are none, or one is NaN or infinite
 */
export function checkCalibrationLogits(
  { exits, samples, classes }: CachedLogits,
  exitNames: readonly string[],
  sampleIds: readonly (string | number)[],
): void {
  if (samples === 0) {
    throw new DataError({
      where: 'the calibration split',
      rule: 'it has images',
      received: 'none',
      remedy: 'Train with a calibration split',
    });
  }
  exits.forEach((logits, exit) => {
    const bad = logits.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) return;
    throw new DataError({
      where: `the logits of ${exitNames[exit] ?? `exit ${String(exit)}`}`,
      rule: 'they are finite numbers',
      received: `${String(logits[bad])} for image ${String(sampleIds[Math.floor(bad / classes)] ?? Math.floor(bad / classes))}`,
      remedy:
        'A network that gives such values has diverged: train it again with a smaller learning rate, or clip its gradients',
    });
  });
}

/** Classes without an image in the calibration split, as a sentence; null if there are none. */
export function noteMissingClasses({ labels }: CachedLogits, classes: readonly string[]): string | null {
  const present = new Set(labels);
  const missing = classes.filter((_, label) => !present.has(label));
  if (missing.length === 0) return null;
  const some = missing.slice(0, NAMED_AT_MOST).join(', ');
  const more = missing.length > NAMED_AT_MOST ? ` and ${String(missing.length - NAMED_AT_MOST)} more` : '';
  return `no calibration image of ${missing.length === 1 ? 'class' : 'classes'} ${some}${more}: what is set here says nothing about ${missing.length === 1 ? 'it' : 'them'}`;
}

/** Notes on where samples leave: exits where none or all leave, scores that are all equal. */
export function noteExits(
  cached: CachedLogits,
  policy: ExitPolicy,
  { exits, samples }: ExitSummary,
  exitNames: readonly string[],
): string[] {
  const { scale } = getCriterion(policy.criterion);
  const evaluations = evaluateExits(cached, policy.criterion, policy.temperatures);
  const name = (exit: number): string => exitNames[exit] ?? `exit ${String(exit)}`;
  const notes = exits.slice(0, -1).flatMap(({ taken }, exit) => {
    const scores = evaluations[exit]?.scores ?? [];
    // Equal except for rounding.
    const constant =
      samples > 1 && scale?.kind !== 'count' && spread(scores) <= 1e-12 * Math.abs(scores[0] ?? 0);
    return [
      ...(constant ? [`${name(exit)} gives every image the same score: no threshold tells them apart`] : []),
      ...(taken === 0 && policy.thresholds[exit] !== 'never'
        ? [`no calibration image leaves at ${name(exit)}: it is never sure enough`]
        : []),
    ];
  });
  const only = exits.findIndex(({ taken }) => taken === samples);
  if (only < 0) return notes;
  return [
    ...notes,
    only === exits.length - 1
      ? 'every calibration image goes to the final exit: the network costs more than without exits'
      : `every calibration image leaves at ${name(only)}: the exits after it do nothing`,
  ];
}

function spread(scores: ArrayLike<number>): number {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < scores.length; i++) {
    low = Math.min(low, scores[i] ?? 0);
    high = Math.max(high, scores[i] ?? 0);
  }
  return high - low;
}
