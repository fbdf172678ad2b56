import { ArgumentError } from '@earlyexit/core';
import { headsPhase } from './frozen';
import type { Regime, TrainingPhase } from './regime';
import { requireCombination } from './require-combination';
import { twoStage } from './two-stage';

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
    phases(context) {
      const { epochs, earlyExits, combination } = context;
      requireCombination('zero-time-waste', 'cascaded', combination);
      const hasBackbone = backboneShare > 0;
      const fewest = hasBackbone ? 3 : 2;
      if (epochs < fewest) {
        throw new ArgumentError({
          ...{ function: 'train', argument: 'epochs', received: String(epochs) },
          rule: `needs at least ${String(fewest)} epochs: ${hasBackbone ? 'for the backbone, ' : ''}for the heads and for the ensembles`,
        });
      }
      const backbone = hasBackbone
        ? twoStage({ backboneShare })
            .phases(context)
            .slice(0, 1)
            .map((phase) => ({ ...phase, epochs: Math.min(phase.epochs, epochs - 2) }))
        : [];
      const rest = epochs - (backbone[0]?.epochs ?? 0);
      const ensembles = Math.min(rest - 1, Math.max(1, Math.round(rest * ensembleShare)));
      const heads: TrainingPhase = { ...headsPhase(rest - ensembles, earlyExits), answersAlone: true };
      return [
        ...backbone,
        heads,
        { ...headsPhase(ensembles, earlyExits), name: 'ensembles', trains: 'ensembles' },
      ];
    },
  };
}
