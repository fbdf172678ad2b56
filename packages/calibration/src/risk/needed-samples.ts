import { isBelowByBetting } from './betting';
import type { RiskMethod } from './risk-method';

/**
 * The fewest samples with which a method can promise anything other than never leaving early, that is, with which it
 * accepts a threshold that lost nothing on any of them.
 *
 * @param risk The largest risk allowed, between 0 and 1.
 * @param delta The probability with which the promise may fail; `crc` makes it on average and ignores it.
 */
export function neededSamples(method: RiskMethod, risk: number, delta: number): number {
  switch (method) {
    case 'naive':
      return 1;
    case 'crc':
      // From 0 ≤ (n + 1)/n · risk − 1/n.
      return Math.ceil(Number((1 / risk - 1).toPrecision(12)));
    case 'ltt':
      // From (1 − risk)^n ≤ δ.
      return Math.ceil(Math.log(delta) / Math.log1p(-risk));
    case 'ucb': {
      const suffices = (count: number): boolean => isBelowByBetting(new Float64Array(count), risk, delta);
      let enough = 1;
      while (!suffices(enough)) enough *= 2;
      let low = enough / 2;
      while (enough - low > 1) {
        const middle = Math.floor((low + enough) / 2);
        if (suffices(middle)) enough = middle;
        else low = middle;
      }
      return enough;
    }
  }
}
