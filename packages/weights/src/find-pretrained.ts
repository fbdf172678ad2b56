import { ArgumentError, didYouMean } from '@earlyexit/core';
import { listPretrained } from './list-pretrained';
import type { PretrainedCard } from './pretrained-card';

/**
 * The card of the trained network of this name.
 *
 * @param name `architecture.tag`, such as `b_lenet.mnist`
 * @throws ArgumentError if there is none, with the nearest name
 */
export function findPretrained(name: string): PretrainedCard {
  const all = listPretrained();
  const found = all.find((card) => card.name === name);
  if (found !== undefined) return found;
  const names = all.map((card) => card.name);
  throw new ArgumentError({
    function: 'findPretrained',
    argument: 'name',
    rule: `it is one of ${names.join(', ')}`,
    received: name,
    remedy: didYouMean(name, names),
  });
}
