import type { ExitAdvice } from './advise-exits';
import type { EnergyEstimate } from './energy/estimate-energy';
import type { ExitProfile, LayerProfile, ModelProfile } from './profile-model';

/** A profile with the names of the network and its exits; `profile --json` prints it. */
export interface ProfileDocument extends Omit<ModelProfile, 'exits' | 'uncounted'> {
  readonly model: string;
  readonly exits: readonly ({ readonly name: string } & Omit<ExitProfile, 'index'>)[];
  /** The energy by an energy model, if requested. */
  readonly energy?: EnergyEstimate;
  /** Where to attach exits, if requested. */
  readonly advice?: readonly ExitAdvice[];
}

/**
 * Adds the names of the exits to a profile.
 *
 * @param metadata the metadata of the same model
 * @param advice the result of `adviseExits`; null leaves it out
 */
export function profileDocument(
  metadata: { readonly name: string; readonly exits: readonly { readonly name: string }[] },
  { exits, uncounted: _, layers, ...measured }: ModelProfile,
  advice: readonly ExitAdvice[] | null = null,
): ProfileDocument {
  return {
    model: metadata.name,
    ...measured,
    exits: exits.map(({ index, ...exit }) => ({ name: metadata.exits[index]?.name ?? '', ...exit })),
    layers,
    ...(advice === null ? {} : { advice }),
  };
}

/** A network without exits that something else than `profileModel` has measured. */
export interface PlainProfile extends Pick<ModelProfile, 'inputShape' | 'parameters' | 'macs'> {
  readonly layers: readonly Omit<LayerProfile, 'usedBy' | 'isHead'>[];
}

/**
 * The document of a network without exits: every layer is used by its one exit.
 *
 * @param model the network's name
 * @param advice where exits would pay
 */
export function plainProfileDocument(
  model: string,
  { layers, ...measured }: PlainProfile,
  advice: readonly ExitAdvice[],
): ProfileDocument {
  const { macs, parameters } = measured;
  const final = { name: 'final', attachedAfter: null, backboneMacs: macs, headMacs: 0, cumulativeMacs: macs };
  return {
    model,
    ...measured,
    parametersWithExits: parameters,
    exits: [{ ...final, share: 1, parameters: 0, cumulativeParameters: parameters }],
    layers: layers.map((layer) => ({ ...layer, usedBy: 0, isHead: false })),
    advice,
  };
}
