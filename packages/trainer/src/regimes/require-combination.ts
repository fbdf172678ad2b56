import type { ExitCombination } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';

const makers = { boosted: 'boostExits', cascaded: 'cascadeHeads' } as const;

/**
 * Checks that the exits of a network are combined as a regime needs them.
 *
 * @throws ArgumentError if they are not
 */
export function requireCombination(
  regime: string,
  needed: ExitCombination,
  combination: ExitCombination | null | undefined,
): void {
  if (combination === needed) return;
  throw new ArgumentError({
    function: 'train',
    argument: 'model',
    rule: `must have ${needed} exits for the regime ${regime}`,
    received:
      combination === null || combination === undefined
        ? 'exits that each answer by themselves'
        : `${combination} exits`,
    remedy: `Make it with ${makers[needed]}(model) of @earlyexit/branch-head, early exits included`,
  });
}
