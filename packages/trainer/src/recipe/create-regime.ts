import type { ExitPolicy } from '@earlyexit/exit-criteria';
import { annealedDistill } from '../regimes/annealed-distill';
import { beYourOwnTeacher } from '../regimes/be-your-own-teacher';
import { boosted } from '../regimes/boosted';
import { cascade } from '../regimes/cascade';
import { distill } from '../regimes/distill';
import { frozen } from '../regimes/frozen';
import { gradientEquilibrium } from '../regimes/gradient-equilibrium';
import { joint } from '../regimes/joint';
import { mixed } from '../regimes/mixed';
import type { Regime } from '../regimes/regime';
import { shallowDeep } from '../regimes/shallow-deep';
import { twoStage } from '../regimes/two-stage';
import { zeroTimeWaste } from '../regimes/zero-time-waste';

/** The regimes that a recipe names. */
export const regimeNames = [
  'joint',
  'two-stage',
  'frozen',
  'cascade',
  'distill',
  'annealed-distill',
  'be-your-own-teacher',
  'mixed',
  'gradient-equilibrium',
  'shallow-deep',
  'boosted',
  'zero-time-waste',
] as const;

/** The name of a regime. */
export type RegimeName = (typeof regimeNames)[number];

/** What a regime may be told besides its name. */
export interface RegimeSettings {
  /** Of the epochs, what goes to the backbone first, in two-stage, mixed, cascade and zero-time-waste; 0.5 unless given. */
  readonly backboneShare?: number | undefined;
  /** In a cascade, whether those epochs train everything; false unless given. */
  readonly integrated?: boolean | undefined;
}

/**
 * Makes a regime.
 *
 * @param policy which samples the heads of a cascade pass on; null for its own rule
 * @throws ArgumentError for a share out of its range
 */
export function createRegime(
  name: RegimeName,
  policy: ExitPolicy | null,
  { backboneShare = 0.5, integrated = false }: RegimeSettings = {},
): Regime {
  return {
    joint,
    'two-stage': () => twoStage({ backboneShare }),
    frozen,
    cascade: () => cascade({ ...policy, backboneShare, integrated }),
    distill: () => distill(),
    'annealed-distill': () => annealedDistill(),
    'be-your-own-teacher': () => beYourOwnTeacher(),
    mixed: () => mixed({ backboneShare }),
    'gradient-equilibrium': gradientEquilibrium,
    'shallow-deep': shallowDeep,
    boosted: () => boosted(),
    'zero-time-waste': () => zeroTimeWaste({ backboneShare }),
  }[name]();
}
