import { ArgumentError } from '@earlyexit/core';
import { backbonePhase, shareOfEpochs } from './backbone-phase';
import { headsPhase } from './frozen';
import type { Regime, TrainingPhase } from './regime';
import { requireCombination } from './require-combination';

/** Settings of {@link zeroTimeWaste}. */
export interface ZeroTimeWasteOptions {
  /** Share of the epochs that goes to the backbone first; 0.5 unless given, 0 for a backbone that is already trained. */
  readonly backboneShare?: number;
  /** Share of the remaining epochs that goes to the weights of the ensembles, last of all; 0.2 unless given. */
  readonly ensembleShare?: number;
}

/**
 * Zero Time Waste (Wołczyk et al., NeurIPS 2021), on a network of `cascadeHeads`: the backbone; then, on the frozen
 * backbone, the heads, each of which sees the logits of the one before it and minimises the cross-entropy of its own; then
 * the weights with which an exit and those before it answer together. Each part gets at least one epoch.
 *
 * @throws ArgumentError for shares out of their range; when planned for another network
 */
export function zeroTimeWaste(options: ZeroTimeWasteOptions = {}): Regime {
  const { backboneShare = 0.5, ensembleShare = 0.2 } = options;
  for (const [argument, value, isRight, from] of [
    ['backboneShare', backboneShare, backboneShare >= 0 && backboneShare < 1, 'from 0 up to'],
    ['ensembleShare', ensembleShare, ensembleShare > 0 && ensembleShare < 1, 'above 0 and below'],
  ] as const) {
    if (isRight) continue;
    throw new ArgumentError({
      ...{ function: 'zeroTimeWaste', argument, received: String(value) },
      rule: `must be a share ${from}, but not including, 1`,
    });
  }
  return {
    name: 'zero-time-waste',
    settings: { backboneShare, ensembleShare },
    phases({ epochs, earlyExits, combination }) {
      requireCombination('zero-time-waste', 'cascaded', combination);
      const hasBackbone = backboneShare > 0;
      const fewest = hasBackbone ? 3 : 2;
      if (epochs < fewest) {
        throw new ArgumentError({
          ...{ function: 'train', argument: 'epochs', received: String(epochs) },
          rule: `needs at least ${String(fewest)} epochs: ${hasBackbone ? 'for the backbone, ' : ''}for the heads and for the ensembles`,
        });
      }
      const backboneEpochs = hasBackbone ? shareOfEpochs(epochs, backboneShare, 2) : 0;
      const rest = epochs - backboneEpochs;
      const ensembles = shareOfEpochs(rest, ensembleShare, 1);
      const heads: TrainingPhase = { ...headsPhase(rest - ensembles, earlyExits), answersAlone: true };
      return [
        ...(hasBackbone ? [backbonePhase(backboneEpochs, earlyExits)] : []),
        heads,
        { ...headsPhase(ensembles, earlyExits), name: 'ensembles', trains: 'ensembles' },
      ];
    },
  };
}
