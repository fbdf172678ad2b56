import {
  DEFAULT_AIM,
  defaultMethod,
  needsFittingPart,
  promiseSize,
  type RiskAim,
} from '@earlyexit/calibration';
import { DataError } from '@earlyexit/core';
import { count } from '@earlyexit/core/format';
import { DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import type { CalibrationGoal } from './calibration-aim';

/**
 * Refuses promises that a calibration split is too small for, before its samples are run.
 *
 * @param size the number of samples in the split
 * @throws DataError that says how many are needed
 */
export function requirePromiseSize(goal: CalibrationGoal, size: number): void {
  const { criterion = DEFAULT_CRITERION, scaling = 'temperature', candidates, reject } = goal;
  const names = candidates?.map((each) => each.criterion ?? criterion) ?? [criterion];
  const apart = names.some((name) => needsFittingPart(scaling, name));
  // The reject option takes half of the samples.
  const promised = reject === undefined ? size : Math.floor(size / 2);
  for (const aim of promisesOf(goal)) {
    const { risk, delta, method } = aim;
    const { needed, fitting, left, wholeSplit, isEnough } = promiseSize(aim, promised, apart);
    if (isEnough) continue;
    throw new DataError({
      function: 'calibrateModel',
      where: (called) => called('risk'),
      rule: `a promise of at most ${String(risk)} by ${method}${delta === null ? '' : ` at delta ${String(delta)}`} needs at least ${count(needed)} calibration images that nothing was fitted on`,
      received:
        count(left) +
        (apart
          ? `: of ${count(promised)} in the split, ${count(fitting)} fit what comes before the promise`
          : ''),
      remedy: (called) =>
        `Train with a larger calibration split (${called('calibration')} ${String(wholeSplit)}), or allow more risk`,
    });
  }
}

/** The promises that have to be possible, each with the share of δ that it gets. */
function promisesOf({ aim = DEFAULT_AIM, candidates }: CalibrationGoal): RiskAim[] {
  if ('joint' in aim) {
    const { delta } = aim;
    // Cost is tested from the other end, with half of δ.
    const share = aim.joint.cost === undefined ? delta : delta / 2;
    return (['consistency', 'gap'] as const).flatMap((loss) => {
      const risk = aim.joint[loss];
      return risk === undefined ? [] : [{ risk, loss, delta: share, method: defaultMethod(loss) }];
    });
  }
  if (!('risk' in aim)) return [];
  if (candidates === undefined) return [aim];
  return candidates.map(({ risk = aim.risk, method = aim.method }) => ({
    ...{ risk, method, loss: aim.loss },
    delta: aim.delta === null ? null : aim.delta / candidates.length,
  }));
}
