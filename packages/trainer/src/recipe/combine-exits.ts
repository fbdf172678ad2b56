import { boostExits, cascadeHeads, type MultiExitModel } from '@earlyexit/branch-head';
import type { RegimeName } from './create-regime';

/**
 * The network with its exits combined as a regime needs them (`boostExits`, `cascadeHeads`); for other regimes the network
 * as it is. The result shares its weights with `network`.
 *
 * @param seed of the weights that a cascade of heads adds; 0 unless given
 * @throws ArgumentError for a network that cannot be combined so
 */
export function combineExits(
  network: MultiExitModel,
  regime: RegimeName | undefined,
  seed = 0,
): MultiExitModel {
  if (regime === 'boosted') return boostExits(network);
  return regime === 'zero-time-waste' ? cascadeHeads(network, { seed }) : network;
}
