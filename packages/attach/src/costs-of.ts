import type { ExitCosts } from '@earlyexit/exit-criteria';
import type { ForeignCut, ForeignNetwork } from '@earlyexit/onnx/foreign';
import { type HeadShape, macsOfHead } from './heads/head-weights';

/** What leaving at each exit costs: the network up to there, and every head on the way. */
export function costsOf(
  { macs }: Pick<ForeignNetwork, 'macs'>,
  places: readonly ForeignCut[],
  heads: readonly HeadShape[],
): ExitCosts {
  let spent = 0;
  const early = places.map((place, index) => place.macs + (spent += macsOfHead(heads[index]!)));
  return { exitMacs: [...early, macs + spent], staticMacs: macs };
}
