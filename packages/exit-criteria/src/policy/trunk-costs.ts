import type { ExitCosts } from './exit-costs';

/**
 * Costs as several papers count them, without the heads: a sample that leaves at an exit costs the backbone up to
 * there. Only useful for understanding published figures, because heads are computed too.
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
