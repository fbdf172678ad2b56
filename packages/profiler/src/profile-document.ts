import type { ExitAdvice } from './advise-exits';
import type { ExitProfile, ModelProfile } from './profile-model';

/** A profile with the names of the network and its exits; `profile --json` prints it. */
export interface ProfileDocument extends Omit<ModelProfile, 'exits' | 'uncounted'> {
  readonly model: string;
  readonly exits: readonly ({ readonly name: string } & Omit<ExitProfile, 'index'>)[];
  /** Where to attach exits, if that was asked. */
  readonly advice?: readonly ExitAdvice[];
}

/**
 * Puts the names of the exits to what was measured.
 *
 * @param metadata of the same model
 * @param advice of `adviseExits`; null leaves it out
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
