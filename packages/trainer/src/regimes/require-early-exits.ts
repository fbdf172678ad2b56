import { ArgumentError } from '@earlyexit/core';

/**
 * Checks that a regime that trains heads has some to train.
 *
 * @throws ArgumentError for a network without early exits
 */
export function requireEarlyExits(regime: string, earlyExits: number): void {
  if (earlyExits > 0) return;
  throw new ArgumentError({
    where: `regime ${regime}`,
    rule: 'needs a network with at least one early exit',
    received: 'a network without early exits',
    remedy: 'Attach exits, or train it with the regime joint',
  });
}
