import type { ExitCosts } from './exit-costs';

/**
 * Costs as several papers count them, with the heads left out: what a sample costs that leaves at an exit is the backbone
 * up to there. Useful to understand a published figure, and for nothing else: heads are computed too.
 */
export function trunkCostsOf(metadata: {
  readonly exits: readonly { readonly backboneMacs: number }[];
  readonly staticMacs: number;
}): ExitCosts {
  return {
    exitMacs: metadata.exits.map(({ backboneMacs }) => backboneMacs),
    staticMacs: metadata.staticMacs,
  };
}
