import type { MultiExitMetadata } from '@earlyexit/branch-head';

/** The metadata of a network whose logits are invented: its exits cost evenly more. */
export function inventMetadata(exitNames: readonly string[], classes: readonly string[]): MultiExitMetadata {
  const staticMacs = 10_000;
  return {
    format: 'earlyexit',
    formatVersion: 1,
    name: 'invented',
    classes,
    preprocessing: null,
    exits: exitNames.map((name, exit) => {
      const macs = Math.round(((exit + 1) * 1.1 * staticMacs) / exitNames.length);
      return { name, attachedAfter: null, head: null, macs, backboneMacs: macs, headMacs: 0 };
    }),
    staticMacs,
    lossWeights: null,
    policy: null,
  };
}
