import {
  type CachedLogits,
  type CriterionEvaluation,
  type CriterionName,
  DEFAULT_CRITERION,
  evaluateExits,
  getCriterion,
  validatePolicy,
} from '@earlyexit/exit-criteria';
import { leavingExits } from './exit-losses';
import { sharedThresholdPath, type ThresholdPath } from './threshold-path';

/** How samples are scored, and which thresholds are tried on them. */
export interface PathOptions {
  /** `max-probability` unless given. */
  readonly criterion?: CriterionName;
  /** One per exit, fitted on other samples than these; 1 everywhere unless given. */
  readonly temperatures?: readonly number[];
  /**
   * From strict to lenient, fixed without looking at these samples; `sharedThresholdPath` unless given. `fittedPath`
   * derives one with a separate threshold for each exit from other samples.
   */
  readonly path?: ThresholdPath;
}

/** Cached logits scored for a path of thresholds. */
export interface PathWalk {
  readonly path: ThresholdPath;
  readonly evaluations: readonly CriterionEvaluation[];
  /** Where every sample leaves at a step, `[samples]`, the final exit included. The array is reused. */
  exitsAt(step: number): Int8Array;
}

/**
 * Scores samples once, to walk a path of thresholds on them.
 *
 * @throws ArgumentError if the path or the temperatures do not fit the exits.
 */
export function walkPath(cached: CachedLogits, options: PathOptions): PathWalk {
  const { criterion: name = DEFAULT_CRITERION, temperatures } = options;
  const { classes, samples } = cached;
  const earlyExits = cached.exits.length - 1;
  const path = options.path ?? sharedThresholdPath(name, { classes, earlyExits });
  for (const thresholds of path) {
    validatePolicy({ criterion: name, thresholds, ...(temperatures && { temperatures }) }, earlyExits);
  }
  const criterion = getCriterion(name);
  const evaluations = evaluateExits(cached, name, temperatures);
  const exits = new Int8Array(samples);
  return {
    path,
    evaluations,
    exitsAt: (step) => leavingExits(criterion, evaluations, path[step]!, exits),
  };
}
