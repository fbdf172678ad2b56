import { searchThresholds } from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import { argmaxRows, type ExitPolicy, simulate } from '@earlyexit/exit-criteria';
import type { Boundary, BoundaryExit } from './boundary';
import { EXTENT } from './grid-points';
import type { PlaneOpinions } from './plane-experiment';

/** What `decideBoundary` may be told. */
export interface DecideOptions extends Pick<WorkOptions, 'onNote'> {
  /**
   * The probability from which the first exit answers; unless given, found on the calibration points at no loss of
   * accuracy.
   */
  readonly threshold?: number | undefined;
}

/**
 * Lets the first exit answer where it is sure enough: who answers which point, how well and at what cost. Nothing is run,
 * so that a threshold can be tried at once.
 *
 * @throws ArgumentError for a threshold that is no probability of the likelier class
 */
export function decideBoundary(opinions: PlaneOpinions, options: DecideOptions = {}): Boundary {
  const { threshold, onNote } = options;
  checkThreshold(threshold, 'decideBoundary');
  const { shape, seed, noise, steps, trainingPoints, grid } = opinions;
  const policy = choosePolicy(opinions, threshold, onNote);
  return {
    ...{ shape, seed, noise, steps, trainingPoints, extent: EXTENT },
    threshold: policy.threshold,
    isCalibrated: threshold === undefined,
    grid,
    ...measure(opinions, policy),
  };
}

/** Refuses a threshold that two classes cannot have. */
export function checkThreshold(threshold: number | undefined, caller: string): void {
  if (threshold === undefined || (threshold >= 0.5 && threshold <= 1)) return;
  throw new ArgumentError({
    function: caller,
    argument: 'threshold',
    rule: 'of two classes the likelier has a probability from 0.5 to 1',
    received: String(threshold),
  });
}

interface PlanePolicy extends ExitPolicy {
  readonly temperatures: readonly number[];
  readonly threshold: number;
}

function choosePolicy(
  { calibration, temperatures, costs }: PlaneOpinions,
  asked: number | undefined,
  onNote: WorkOptions['onNote'],
): PlanePolicy {
  const criterion = 'max-probability';
  if (asked !== undefined) return { criterion, thresholds: [asked], temperatures, threshold: asked };
  const found = searchThresholds(calibration, {
    ...{ criterion, temperatures, costs },
    aim: { maxAccuracyDrop: 0 },
  });
  for (const text of found.notes) onNote?.({ level: 'note', text });
  const [threshold] = found.policy.thresholds;
  const number = threshold === 'never' ? 1 : threshold === 'always' ? 0.5 : threshold!;
  return { criterion, thresholds: [threshold!], temperatures, threshold: number };
}

function measure(
  { test: { points, logits }, exitNames, costs }: PlaneOpinions,
  policy: ExitPolicy,
): Pick<Boundary, 'test' | 'exits' | 'accuracy' | 'averageMacs' | 'staticMacs'> {
  const { exitIndex, classes: answers } = simulate(logits, policy);
  const { exitMacs, staticMacs } = costs;
  const isRight = (given: ArrayLike<number>, row: number): boolean => given[row] === points.labels[row];
  const rows = [...points.labels.keys()];
  const shareOf = (which: readonly number[], holds: (row: number) => boolean): number =>
    which.filter(holds).length / which.length;
  const exits = exitNames.map((name, exit): BoundaryExit => {
    const own = rows.filter((row) => exitIndex[row] === exit);
    const alone = argmaxRows(logits.exits[exit]!, logits.classes);
    return {
      name,
      answered: own.length,
      share: own.length / points.size,
      accuracy: own.length === 0 ? null : shareOf(own, (row) => isRight(answers, row)),
      accuracyOfAll: shareOf(rows, (row) => isRight(alone, row)),
      macs: exitMacs[exit]!,
    };
  }) as [BoundaryExit, BoundaryExit];
  return {
    test: { ...points, exitIndex, answers },
    exits,
    accuracy: shareOf(rows, (row) => isRight(answers, row)),
    averageMacs: exits.reduce((sum, { share, macs }) => sum + share * macs, 0),
    staticMacs,
  };
}
