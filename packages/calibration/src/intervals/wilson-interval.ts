import { ArgumentError } from '@earlyexit/core';
import { DEFAULT_CONFIDENCE, type Estimate, standardErrorsOf } from './estimate';

/**
 * Wilson's score interval for a share (Wilson, 1927): all p whose distance to p̂ is at most z standard errors of p,
 *
 * (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
 *
 * Valid even if all or none were counted. For an accuracy: `wilsonInterval(right, samples)`.
 *
 * @param count How many of them were counted.
 * @param total Of how many; for 0 the value is NaN and the interval 0 to 1.
 * @param confidence Between 0 and 1; 0.95 unless given.
 * @throws ArgumentError for invalid counts.
 */
export function wilsonInterval(count: number, total: number, confidence = DEFAULT_CONFIDENCE): Estimate {
  const z = standardErrorsOf(confidence, 'wilsonInterval');
  if (!(Number.isInteger(total) && total >= 0 && count >= 0 && count <= total)) {
    throw new ArgumentError({
      function: 'wilsonInterval',
      argument: 'count',
      rule: 'a count from 0 to the total, which is a whole number',
      received: `${count} of ${total}`,
    });
  }
  if (total === 0) return { value: NaN, low: 0, high: 1 };
  const share = count / total;
  const centre = share + z ** 2 / (2 * total);
  const reach = z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  const scale = 1 + z ** 2 / total;
  return {
    value: share,
    low: count === 0 ? 0 : Math.max(0, (centre - reach) / scale),
    high: count === total ? 1 : Math.min(1, (centre + reach) / scale),
  };
}
