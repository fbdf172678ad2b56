import { defaultMethod, type RiskAim, type Scaling } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import type { CalibrationAim, PromiseAim, PromiseCandidate } from '@earlyexit/evaluation';
import {
  type CriterionName,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  listCriteria,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { flagOf } from '../../options/declare-option';
import { chooseAim } from '../../model/choose-aim';

/** What `calibrate` is to do: find what calibration finds, or print the 39 budgets. */
export type CalibrateAim = CalibrationAim | { readonly budget: true };

/** The options of `calibrate` that name its aim. */
export interface AimOptions {
  readonly criterion?: readonly (CriterionName | 'all')[] | undefined;
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
  readonly budget?: boolean | undefined;
  readonly plan?: boolean | undefined;
  readonly confidence?: number | undefined;
  readonly risk?: readonly number[] | undefined;
  readonly delta?: number | undefined;
  readonly method?: RiskAim['method'] | undefined;
  readonly loss?: readonly Loss[] | undefined;
  readonly eachClass?: boolean | undefined;
  readonly withEarlier?: boolean | undefined;
  readonly rejectRisk?: number | undefined;
  readonly earlyexit?: readonly Threshold[] | undefined;
}

type Loss = RiskAim['loss'] | 'cost';

/** An aim, and what it is reached with. */
export interface ChosenAim {
  readonly aim: CalibrateAim;
  readonly criterion: CriterionName;
  /** Several ways to make a promise; left out where there is one. */
  readonly candidates?: readonly PromiseCandidate[];
}

export const DEFAULT_DELTA = 0.1;
/** What `--plan` plans for where no risk is named. */
const PLANNED_RISK = 0.02;

/**
 * The one aim that options name; the default aim if none does.
 *
 * @throws ArgumentError for two aims, or parts that do not belong together
 */
export function chooseCalibrationAim(options: AimOptions): ChosenAim {
  const criteria = chooseCriteria(options.criterion);
  const [criterion = DEFAULT_CRITERION] = criteria;
  checkOneAim(options);
  const { budget, plan, earlyexit } = options;
  const risks = options.risk ?? (plan === true ? [PLANNED_RISK] : undefined);
  if (risks !== undefined) return choosePromise(options, risks, criteria);
  const part = (['delta', 'method', 'loss', 'eachClass', 'withEarlier'] as const).find((name) =>
    isGiven(options[name]),
  );
  // A delta may be that of --reject-risk.
  if (part !== undefined && !(part === 'delta' && options.rejectRisk !== undefined)) {
    throw wrong(part, {
      rule: 'it says how a promise is made, so there has to be one',
      received: String(options[part]),
      remedy: 'Add --risk with the largest risk allowed: --risk 0.02',
    });
  }
  if (criteria.length > 1) {
    throw wrong('criterion', {
      rule: 'several are tried to make a promise with, so there has to be one',
      received: criteria.join(','),
      remedy: 'Add --risk, or compare them: earlyexit evaluate --criterion all',
    });
  }
  if (budget === true && criterion !== 'max-probability') {
    throw wrong('criterion', {
      rule: 'the budgeted protocol compares largest probabilities',
      received: criterion,
      remedy: 'Leave --criterion out',
    });
  }
  if (budget === true) return { aim: { budget }, criterion };
  return { aim: earlyexit === undefined ? chooseAim(options) : { thresholds: earlyexit }, criterion };
}

/** The protocol compares probabilities as they are; every other aim scales them first. */
export function defaultScaling(aim: CalibrateAim): Scaling {
  return 'budget' in aim ? 'none' : 'temperature';
}

/** The promises that have to be possible on the calibration split, each with the share of δ that it gets. */
export function promisesOf({ aim, candidates }: ChosenAim): RiskAim[] {
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

function chooseCriteria(names: AimOptions['criterion'] = [DEFAULT_CRITERION]): CriterionName[] {
  const all = listCriteria().flatMap(({ name, needsLabels }) => (needsLabels ? [] : [name]));
  const named = names.flatMap((name) => (name === 'all' ? all : [name]));
  for (const name of named) criterionWithoutLabels(name, 'calibrate');
  return [...new Set(named)];
}

function checkOneAim(options: AimOptions): void {
  const { confidence, plan, rejectRisk } = options;
  const named = [
    ['--max-accuracy-drop', options.maxAccuracyDrop],
    ['--target-macs', options.targetMacs],
    ['--budget', options.budget],
    ['--risk', options.risk],
    ['--earlyexit', options.earlyexit],
  ].flatMap(([name, value]) => (isGiven(value) ? [String(name)] : []));
  const [only, second] = named;
  if (second !== undefined) {
    throw new ArgumentError({
      where: second,
      rule: second === '--earlyexit' ? 'thresholds are either given or searched for' : 'there is one aim',
      received: named.join(' and '),
      remedy: 'Leave one of them out',
    });
  }
  if (plan === true && only !== undefined && only !== '--risk') {
    throw wrong('plan', {
      rule: 'it says what a promise would bring with more images',
      received: `--plan and ${only}`,
      remedy: `Leave ${only} out, or add --risk`,
    });
  }
  if (confidence !== undefined && (plan === true || (only !== undefined && only !== '--max-accuracy-drop'))) {
    throw wrong('confidence', {
      rule: 'it says how surely the largest accuracy drop holds on new images',
      received: `--confidence and ${only ?? '--plan'}`,
      remedy: 'Take --max-accuracy-drop with it; --risk has --delta',
    });
  }
  if (rejectRisk !== undefined && (plan === true || only === '--budget')) {
    throw wrong('rejectRisk', {
      rule: 'it is stored with thresholds, and this stores none',
      received: `--reject-risk and ${plan === true ? '--plan' : '--budget'}`,
      remedy: 'Leave one of them out',
    });
  }
}

function choosePromise(
  options: AimOptions,
  risks: readonly number[],
  criteria: readonly CriterionName[],
): ChosenAim {
  const { delta, plan, eachClass } = options;
  const [criterion = DEFAULT_CRITERION] = criteria;
  const losses = options.loss ?? ['consistency'];
  if (losses.length > 1 || losses[0] === 'cost') return chooseJoint(options, risks, losses, criteria);
  const [loss = 'consistency'] = losses as readonly RiskAim['loss'][];
  const { method = defaultMethod(loss) } = options;
  if (method === 'crc' && delta !== undefined) {
    throw wrong('delta', {
      rule: 'crc keeps the risk on average over calibration draws, so there is no probability to set',
      received: String(delta),
      remedy: 'Leave --delta out, or take --method ucb or ltt',
    });
  }
  const [risk = PLANNED_RISK] = risks;
  const isSeveral = criteria.length > 1 || risks.length > 1;
  if (isSeveral && (plan === true || eachClass === true || method === 'crc')) {
    throw wrong(risks.length > 1 ? 'risk' : 'criterion', {
      rule: `${plan === true ? '--plan' : eachClass === true ? '--each-class' : 'crc'} is for one promise, with one criterion`,
      received: risks.length > 1 ? risks.join(',') : criteria.join(','),
      remedy: 'Name one',
    });
  }
  const aim: PromiseAim = {
    ...{ risk, delta: method === 'crc' ? null : (delta ?? DEFAULT_DELTA), method, loss },
    ...(eachClass === true ? { inEach: 'class' } : {}),
  };
  if (!isSeveral) return { aim, criterion };
  const candidates = criteria.flatMap((name) => risks.map((each) => ({ criterion: name, risk: each })));
  return { aim, criterion, candidates };
}

/** Several limits that the same thresholds keep. */
function chooseJoint(
  { delta = DEFAULT_DELTA, plan, eachClass, method }: AimOptions,
  risks: readonly number[],
  losses: readonly Loss[],
  criteria: readonly CriterionName[],
): ChosenAim {
  const [criterion = DEFAULT_CRITERION] = criteria;
  if (risks.length !== losses.length || new Set(losses).size !== losses.length) {
    throw wrong('risk', {
      rule: `there is one for each of --loss, in the same order: ${losses.join(', ')}`,
      received: risks.join(','),
      remedy: 'For example --loss consistency,gap --risk 0.02,0.005',
    });
  }
  if (losses.length === 1) {
    throw wrong('loss', {
      rule: 'cost is kept together with consistency or gap',
      received: 'cost alone',
      remedy: 'For a cost alone take --target-macs',
    });
  }
  const other = [
    plan === true ? '--plan' : null,
    eachClass === true ? '--each-class' : null,
    method === undefined ? null : '--method',
    criteria.length > 1 ? 'several criteria' : null,
  ].find((each) => each !== null);
  if (other !== undefined) {
    throw wrong('loss', {
      rule: `${other} ${other.startsWith('--') ? 'goes' : 'go'} with one loss`,
      received: losses.join(','),
      remedy: 'Leave one of the two out',
    });
  }
  const joint = Object.fromEntries(losses.map((loss, i) => [loss, risks[i]]));
  return { aim: { joint, delta }, criterion };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function wrong(
  option: string,
  parts: { readonly rule: string; readonly received: string; readonly remedy: string },
): ArgumentError {
  return new ArgumentError({ where: flagOf(option), ...parts });
}
