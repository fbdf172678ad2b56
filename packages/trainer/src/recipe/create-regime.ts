import type { ExitPolicy } from '@earlyexit/exit-criteria';
import { cascade } from '../regimes/cascade';
import { distill } from '../regimes/distill';
import { frozen } from '../regimes/frozen';
import { joint } from '../regimes/joint';
import type { Regime } from '../regimes/regime';
import { twoStage } from '../regimes/two-stage';

/** The regimes that a recipe names. */
export const regimeNames = ['joint', 'two-stage', 'frozen', 'cascade', 'distill'] as const;

/** The name of a regime. */
export type RegimeName = (typeof regimeNames)[number];

/**
 * Makes a regime.
 *
 * @param policy which samples the heads of a cascade pass on; null for its own rule
 */
export function createRegime(name: RegimeName, policy: ExitPolicy | null): Regime {
  return {
    joint,
    'two-stage': () => twoStage(),
    frozen,
    cascade: () => cascade(policy ?? {}),
    distill: () => distill(),
  }[name]();
}
