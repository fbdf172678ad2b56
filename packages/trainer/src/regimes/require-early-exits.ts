import { ArgumentError } from '@earlyexit/core';

/** Throws ArgumentError if a regime that trains heads is given a network without any. */
export function requireEarlyExits(regime: string, earlyExits: number): void {
  if (earlyExits > 0) return;
  throw new ArgumentError({
    where: `regime ${regime}`,
    rule: 'needs a network with at least one early exit',
    received: 'a network without early exits',
    remedy: 'Attach exits, or train it with the regime joint',
  });
}
