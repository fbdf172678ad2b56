import { DEFAULT_AIM, type SearchAim } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import type { AskedAim } from './asked-aim';

/**
 * The aim of a search that a user names: an accuracy or a cost; the default aim if neither is named.
 *
 * @throws ArgumentError for both
 */
export function chooseSearchAim({
  maxAccuracyDrop,
  targetMacs,
}: Pick<AskedAim, 'maxAccuracyDrop' | 'targetMacs'>): SearchAim {
  if (maxAccuracyDrop !== undefined && targetMacs !== undefined) {
    throw new ArgumentError({
      function: 'chooseSearchAim',
      argument: 'targetMacs',
      rule: 'there is one aim',
      received: (called) => `${called('maxAccuracyDrop')} and ${called('targetMacs')}`,
      remedy: 'Leave one of them out',
    });
  }
  if (targetMacs !== undefined) return { targetMacs };
  return maxAccuracyDrop === undefined ? DEFAULT_AIM : { maxAccuracyDrop };
}
