import type { ExitAdvice } from './advise-exits';
import type { EnergyEstimate } from './energy/estimate-energy';
import type { ExitProfile, ModelProfile } from './profile-model';

/** A profile with the names of the network and its exits; `profile --json` prints it. */
export interface ProfileDocument extends Omit<ModelProfile, 'exits' | 'uncounted'> {
  readonly model: string;
  readonly exits: readonly ({ readonly name: string } & Omit<ExitProfile, 'index'>)[];
  /** The energy by an energy model; left out for files of other programs. */
  readonly energy?: EnergyEstimate;
  /** Where to attach exits, if requested. */
  readonly advice?: readonly ExitAdvice[];
}

/**
 * Adds the names of the exits to a profile.
 *
 * @param metadata the metadata of the same model
 * @param energy the result of `estimateEnergy`
 * @param advice the result of `adviseExits`; null leaves it out
 */
export function profileDocument(
  metadata: { readonly name: string; readonly exits: readonly { readonly name: string }[] },
  { exits, uncounted: _, layers, ...measured }: ModelProfile,
  energy: EnergyEstimate,
  advice: readonly ExitAdvice[] | null = null,
): ProfileDocument {
  return {
    model: metadata.name,
    ...measured,
    exits: exits.map(({ index, ...exit }) => ({ name: metadata.exits[index]?.name ?? '', ...exit })),
    layers,
    energy,
    ...(advice === null ? {} : { advice }),
  };
}
