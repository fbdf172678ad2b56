import { ArgumentError } from '@earlyexit/core';
import { backbonePhase, shareOfEpochs } from './backbone-phase';
import { headsPhase } from './frozen';
import type { Regime } from './regime';
import { requireEarlyExits } from './require-early-exits';

/** Settings of {@link twoStage}. */
export interface TwoStageOptions {
  /** Share of the epochs that goes to the backbone; 0.5 unless given. Each stage gets at least one epoch. */
  readonly backboneShare?: number;
  /**
   * What the second stage trains: `heads` on the frozen backbone (DeeBERT), or `everything` (BranchyNet, which starts
   * its joint training from the trained trunk). `heads` unless given.
   */
  readonly second?: 'heads' | 'everything';
}

/**
 * The backbone and the final exit first, without any head; then the heads. Needs two epochs and an early exit.
 *
 * @throws ArgumentError for settings out of their range
 */
export function twoStage(options: TwoStageOptions = {}): Regime {
  const { backboneShare = 0.5, second = 'heads' } = options;
  if (!(backboneShare > 0 && backboneShare < 1)) {
    throw new ArgumentError({
      function: 'twoStage',
      argument: 'backboneShare',
      rule: 'must be a share between 0 and 1',
      received: String(backboneShare),
    });
  }
  return {
    name: 'two-stage',
    settings: { backboneShare, second },
    phases({ epochs, earlyExits, lossWeights }) {
      requireEarlyExits('two-stage', earlyExits);
      if (epochs < 2) {
        throw new ArgumentError({
          function: 'train',
          argument: 'epochs',
          rule: 'needs at least two epochs, one for each stage',
          received: String(epochs),
        });
      }
      const backboneEpochs = shareOfEpochs(epochs, backboneShare, 1);
      const rest = epochs - backboneEpochs;
      return [
        backbonePhase(backboneEpochs, earlyExits),
        second === 'heads'
          ? headsPhase(rest, earlyExits)
          : {
              name: 'joint',
              epochs: rest,
              trains: 'everything',
              exits: 'all',
              lossWeights,
              distillation: null,
            },
      ];
    },
  };
}
