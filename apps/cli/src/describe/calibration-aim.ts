import { percent } from '@earlyexit/core/format';
import { type ChosenAim, describeAim } from '@earlyexit/evaluation';

/** What calibration is to find, in words. */
export function describeCalibrationAim(aim: ChosenAim['aim'], confidence?: number): string {
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
  if ('joint' in aim) {
    const limits = Object.entries({ ...aim.joint }).map(([what, most]) => `${what} ${shortPercent(most)}`);
    return `aim: the cheapest with at most ${limits.join(', ')}, promised together with probability ${shortPercent(1 - aim.delta)}`;
  }
  const sure =
    confidence === undefined ? '' : `, on new images too with a confidence of ${shortPercent(confidence)}`;
  return `aim: ${describeAim(aim)}${sure}`;
}

/** `0.005` → `0.5 %`, with no digits that say nothing. */
function shortPercent(fraction: number): string {
  return percent(fraction, 4).replace(/\.?0+ %$/, ' %');
}
