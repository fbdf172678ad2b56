import { defaultMethod, type RiskAim } from '@earlyexit/calibration';
import { type CriterionName, DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import {
  type CalibrationAim,
  DEFAULT_DELTA,
  type PromiseAim,
  type PromiseCandidate,
} from '../calibrate/calibration-aim';
import { type AskedAim, type AskedLoss, PLANNED_RISK, wrongAim } from './asked-aim';

/** A promise, and the ways to make it if there are several. */
interface ChosenPromise {
  readonly aim: CalibrationAim;
  readonly criterion: CriterionName;
  readonly candidates?: readonly PromiseCandidate[];
}

/**
 * The promise that a user names.
 *
 * @throws ArgumentError for parts that do not belong together
 */
export function choosePromise(
  asked: AskedAim,
  risks: readonly number[],
  criteria: readonly CriterionName[],
): ChosenPromise {
  const { delta, plan, eachClass } = asked;
  const [criterion = DEFAULT_CRITERION] = criteria;
  const losses = asked.loss ?? ['consistency'];
  if (losses.length > 1 || losses[0] === 'cost') return chooseJoint(asked, risks, losses, criteria);
  const [loss = 'consistency'] = losses as readonly RiskAim['loss'][];
  const { method = defaultMethod(loss) } = asked;
  if (method === 'crc' && delta !== undefined) {
    throw wrongAim('delta', {
      rule: 'crc keeps the risk on average over calibration draws, so there is no probability to set',
      received: String(delta),
      remedy: (called) => `Leave ${called('delta')} out, or take ${called('method')} ucb or ltt`,
    });
  }
  const [risk = PLANNED_RISK] = risks;
  const isSeveral = criteria.length > 1 || risks.length > 1;
  if (isSeveral && (plan === true || eachClass === true || method === 'crc')) {
    const alone = plan === true ? 'plan' : eachClass === true ? 'eachClass' : null;
    throw wrongAim(risks.length > 1 ? 'risk' : 'criterion', {
      rule: (called) => `${alone === null ? 'crc' : called(alone)} is for one promise, with one criterion`,
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
  { delta = DEFAULT_DELTA, plan, eachClass, method }: AskedAim,
  risks: readonly number[],
  losses: readonly AskedLoss[],
  criteria: readonly CriterionName[],
): ChosenPromise {
  const [criterion = DEFAULT_CRITERION] = criteria;
  if (risks.length !== losses.length || new Set(losses).size !== losses.length) {
    throw wrongAim('risk', {
      rule: (called) => `there is one for each of ${called('loss')}, in the same order: ${losses.join(', ')}`,
      received: risks.join(','),
      remedy: (called) => `For example ${called('loss')} consistency,gap ${called('risk')} 0.02,0.005`,
    });
  }
  if (losses.length === 1) {
    throw wrongAim('loss', {
      rule: 'cost is kept together with consistency or gap',
      received: 'cost alone',
      remedy: (called) => `For a cost alone take ${called('targetMacs')}`,
    });
  }
  const other =
    plan === true ? 'plan' : eachClass === true ? 'eachClass' : method === undefined ? null : 'method';
  if (other !== null || criteria.length > 1) {
    throw wrongAim('loss', {
      rule: (called) => `${other === null ? 'several criteria go' : `${called(other)} goes`} with one loss`,
      received: losses.join(','),
      remedy: 'Leave one of the two out',
    });
  }
  const joint = Object.fromEntries(losses.map((loss, i) => [loss, risks[i]]));
  return { aim: { joint, delta }, criterion };
}
