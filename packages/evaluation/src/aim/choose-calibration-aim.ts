import type { Scaling } from '@earlyexit/calibration';
import {
  type CriterionName,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  listCriteria,
} from '@earlyexit/exit-criteria';
import type { CalibrationAim, CalibrationGoal } from '../calibrate/calibration-aim';
import { type AskedAim, PLANNED_RISK, wrongAim } from './asked-aim';
import { choosePromise } from './choose-promise';
import { chooseSearchAim } from './choose-search-aim';

/** An aim and how to reach it: a goal of `calibrateModel`, unless it is the budgeted protocol. */
export interface ChosenAim extends Omit<CalibrationGoal, 'aim' | 'criterion' | 'scaling' | 'seed'> {
  /** What calibration is to find, or the 39 budgets of the budgeted batch protocol. */
  readonly aim: CalibrationAim | { readonly budget: true };
  readonly criterion: CriterionName;
}

/**
 * The one aim that a user names; the default aim if none is named.
 *
 * @throws ArgumentError for two aims, parts that do not belong together, or a criterion that looks at the labels
 */
export function chooseCalibrationAim(asked: AskedAim): ChosenAim {
  const criteria = chooseCriteria(asked.criterion);
  const [criterion = DEFAULT_CRITERION] = criteria;
  checkOneAim(asked);
  const { budget, confidence, delta, plan, rejectRisk, thresholds, withEarlier } = asked;
  const beside = {
    ...{ confidence, withEarlier },
    reject: rejectRisk === undefined ? undefined : { risk: rejectRisk, delta },
  };
  const risks = asked.risk ?? (plan === true ? [PLANNED_RISK] : undefined);
  if (risks !== undefined) return { ...choosePromise(asked, risks, criteria), ...beside };
  requireNoPromise(asked, criteria);
  if (budget === true && criterion !== 'max-probability') {
    throw wrongAim('criterion', {
      rule: 'the budgeted protocol compares largest probabilities',
      received: criterion,
      remedy: (called) => `Leave ${called('criterion')} out`,
    });
  }
  if (budget === true) return { aim: { budget }, criterion };
  const aim = thresholds === undefined ? chooseSearchAim(asked) : { thresholds };
  return { aim, criterion, ...beside };
}

/** How confidence is scaled for an aim unless given; the protocol compares probabilities as they are. */
export function scalingFor(aim: ChosenAim['aim']): Scaling {
  return 'budget' in aim ? 'none' : 'temperature';
}

function chooseCriteria(names: AskedAim['criterion'] = [DEFAULT_CRITERION]): CriterionName[] {
  const all = listCriteria().flatMap(({ name, needsLabels }) => (needsLabels ? [] : [name]));
  const named = names.flatMap((name) => (name === 'all' ? all : [name]));
  for (const name of named) criterionWithoutLabels(name, 'calibrate');
  return [...new Set(named)];
}

function checkOneAim(asked: AskedAim): void {
  const { confidence, plan, rejectRisk } = asked;
  const named = (['maxAccuracyDrop', 'targetMacs', 'budget', 'risk', 'thresholds'] as const).filter((name) =>
    isGiven(asked[name]),
  );
  const [only, second] = named;
  if (second !== undefined) {
    throw wrongAim(second, {
      rule: second === 'thresholds' ? 'thresholds are either given or searched for' : 'there is one aim',
      received: (called) => named.map(called).join(' and '),
      remedy: 'Leave one of them out',
    });
  }
  if (plan === true && only !== undefined && only !== 'risk') {
    throw wrongAim('plan', {
      rule: 'it says what a promise would bring with more images',
      received: (called) => `${called('plan')} and ${called(only)}`,
      remedy: (called) => `Leave ${called(only)} out, or add ${called('risk')}`,
    });
  }
  if (confidence !== undefined && (plan === true || (only !== undefined && only !== 'maxAccuracyDrop'))) {
    throw wrongAim('confidence', {
      rule: 'it says how surely the largest accuracy drop holds on new images',
      received: (called) => `${called('confidence')} and ${called(only ?? 'plan')}`,
      remedy: (called) =>
        `Take ${called('maxAccuracyDrop')} with it; ${called('risk')} has ${called('delta')}`,
    });
  }
  if (rejectRisk !== undefined && (plan === true || only === 'budget')) {
    throw wrongAim('rejectRisk', {
      rule: 'it is stored with thresholds, and this stores none',
      received: (called) => `${called('rejectRisk')} and ${called(plan === true ? 'plan' : 'budget')}`,
      remedy: 'Leave one of them out',
    });
  }
}

/** Refuses the parts of a promise if none is asked for. */
function requireNoPromise(asked: AskedAim, criteria: readonly CriterionName[]): void {
  const part = (['delta', 'method', 'loss', 'eachClass', 'withEarlier'] as const).find(
    // `delta` may belong to `rejectRisk`.
    (name) => isGiven(asked[name]) && !(name === 'delta' && asked.rejectRisk !== undefined),
  );
  if (part !== undefined) {
    throw wrongAim(part, {
      rule: 'it says how a promise is made, so there has to be one',
      received: String(asked[part]),
      remedy: (called) => `Add ${called('risk')} with the largest risk allowed: ${called('risk')} 0.02`,
    });
  }
  if (criteria.length > 1) {
    throw wrongAim('criterion', {
      rule: 'several are tried to make a promise with, so there has to be one',
      received: criteria.join(','),
      remedy: (called) => `Add ${called('risk')}, or compare them: evaluate with ${called('criterion')} all`,
    });
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}
