import { defaultMethod, type RiskAim, type Scaling } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import type { CalibrationAim } from '@earlyexit/evaluation';
import { type CriterionName, type Threshold } from '@earlyexit/exit-criteria';
import { chooseAim } from '../../options/policy-options';

/** What `calibrate` is to do: find what calibration finds, or print the 39 budgets. */
export type CalibrateAim = CalibrationAim | { readonly budget: true };

/** The options of `calibrate` that name its aim. */
export interface AimOptions {
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
  readonly budget?: boolean | undefined;
  readonly plan?: boolean | undefined;
  readonly confidence?: number | undefined;
  readonly risk?: number | undefined;
  readonly delta?: number | undefined;
  readonly method?: RiskAim['method'] | undefined;
  readonly loss?: RiskAim['loss'] | undefined;
  readonly earlyexit?: readonly Threshold[] | undefined;
}

const DEFAULT_DELTA = 0.1;
/** What `--plan` plans for where no risk is named. */
const PLANNED_RISK = 0.02;

/**
 * The one aim that options name; the default aim if none does.
 *
 * @throws ArgumentError for two aims, or parts of a promise that do not belong together
 */
export function chooseCalibrationAim(options: AimOptions): CalibrateAim {
  const { budget, plan, confidence, delta, loss = 'consistency', earlyexit } = options;
  const { risk = plan === true ? PLANNED_RISK : undefined } = options;
  const { method = defaultMethod(loss) } = options;
  const named = [
    ['--max-accuracy-drop', options.maxAccuracyDrop],
    ['--target-macs', options.targetMacs],
    ['--budget', budget],
    ['--risk', options.risk],
    ['--earlyexit', earlyexit],
  ].flatMap(([name, value]) => (value === undefined || value === false ? [] : [String(name)]));
  const [, second] = named;
  if (second !== undefined) {
    throw new ArgumentError({
      where: second,
      rule: second === '--earlyexit' ? 'thresholds are either given or searched for' : 'there is one aim',
      received: named.join(' and '),
      remedy: 'Leave one of them out',
    });
  }
  const [only] = named;
  if (plan === true && only !== undefined && only !== '--risk') {
    throw new ArgumentError({
      where: '--plan',
      rule: 'it says what a promise would bring with more images',
      received: `--plan and ${only}`,
      remedy: `Leave ${only} out, or add --risk`,
    });
  }
  if (confidence !== undefined && (plan === true || (only !== undefined && only !== '--max-accuracy-drop'))) {
    throw new ArgumentError({
      where: '--confidence',
      rule: 'it says how surely the largest accuracy drop holds on new images',
      received: `--confidence and ${only ?? '--plan'}`,
      remedy: 'Take --max-accuracy-drop with it; --risk has --delta',
    });
  }
  if (risk === undefined) {
    const part = (['delta', 'method', 'loss'] as const).find((name) => options[name] !== undefined);
    if (part !== undefined) {
      throw new ArgumentError({
        where: `--${part}`,
        rule: 'it says how a promise is made, so there has to be one',
        received: String(options[part]),
        remedy: 'Add --risk with the largest risk allowed: --risk 0.02',
      });
    }
  } else {
    if (method === 'crc' && delta !== undefined) {
      throw new ArgumentError({
        where: '--delta',
        rule: 'crc keeps the risk on average over calibration draws, so there is no probability to set',
        received: String(delta),
        remedy: 'Leave --delta out, or take --method ucb or ltt',
      });
    }
    return { risk, delta: method === 'crc' ? null : (delta ?? DEFAULT_DELTA), method, loss };
  }
  if (budget === true) return { budget };
  return earlyexit === undefined ? chooseAim(options) : { thresholds: earlyexit };
}

/**
 * Refuses criteria and scalings that an aim cannot be reached with.
 *
 * @throws ArgumentError
 */
export function checkAimFits(aim: CalibrateAim, criterion: CriterionName): void {
  if (!('budget' in aim) || criterion === 'max-probability') return;
  throw new ArgumentError({
    where: '--criterion',
    rule: 'the budgeted protocol compares largest probabilities',
    received: criterion,
    remedy: 'Leave --criterion out',
  });
}

/** The protocol compares probabilities as they are; every other aim scales them first. */
export function defaultScaling(aim: CalibrateAim): Scaling {
  return 'budget' in aim ? 'none' : 'temperature';
}
