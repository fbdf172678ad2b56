import { defaultMethod, type RiskAim, type Scaling } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import type { CalibrationAim } from '@earlyexit/evaluation';
import { type CriterionName, type Threshold } from '@earlyexit/exit-criteria';
import { percent } from '../terminal/format';
import { chooseAim, describeAim } from './policy';

/** What `calibrate` is to do: find what calibration finds, or print the 39 budgets. */
export type CalibrateAim = CalibrationAim | { readonly budget: true };

/** The options of `calibrate` that name its aim. */
export interface AimOptions {
  readonly maxAccuracyDrop?: number | undefined;
  readonly targetMacs?: number | undefined;
  readonly budget?: boolean | undefined;
  readonly risk?: number | undefined;
  readonly delta?: number | undefined;
  readonly method?: RiskAim['method'] | undefined;
  readonly loss?: RiskAim['loss'] | undefined;
  readonly earlyexit?: readonly Threshold[] | undefined;
}

const DEFAULT_DELTA = 0.1;

/**
 * The one aim that options name; the default aim if none does.
 *
 * @throws ArgumentError for two aims, or parts of a promise that do not belong together
 */
export function chooseCalibrationAim(options: AimOptions): CalibrateAim {
  const { budget, risk, delta, loss = 'consistency', earlyexit } = options;
  const { method = defaultMethod(loss) } = options;
  const named = [
    ['--max-accuracy-drop', options.maxAccuracyDrop],
    ['--target-macs', options.targetMacs],
    ['--budget', budget],
    ['--risk', risk],
    ['--earlyexit', earlyexit],
  ].flatMap(([name, value]) => (value === undefined ? [] : [String(name)]));
  const [, second] = named;
  if (second !== undefined) {
    throw new ArgumentError({
      where: second,
      rule: second === '--earlyexit' ? 'thresholds are either given or searched for' : 'there is one aim',
      received: named.join(' and '),
      remedy: 'Leave one of them out',
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

/** The aim in words. */
export function describeCalibrationAim(aim: CalibrateAim): string {
  if ('thresholds' in aim) return 'thresholds as given';
  if ('budget' in aim) return 'aim: the 39 budgets of the budgeted batch protocol (MSDNet)';
  if ('risk' in aim) {
    const what =
      aim.loss === 'consistency'
        ? 'answers that differ from the final exit’s'
        : 'accuracy lost against the final exit';
    const how = aim.delta === null ? 'on average' : `with probability ${shortPercent(1 - aim.delta)}`;
    return `aim: the cheapest with at most ${shortPercent(aim.risk)} ${what}, promised ${how} (${aim.method})`;
  }
  return `aim: ${describeAim(aim)}`;
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

/** `0.005` → `0.5 %`, with no digits that say nothing. */
function shortPercent(fraction: number): string {
  return percent(fraction, 4).replace(/\.?0+ %$/, ' %');
}
