import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { ExitAdvice, ExitProfile, ModelProfile } from '@earlyexit/profiler';

/** What `profile --json` prints. */
export interface ProfileDocument extends Pick<
  ModelProfile,
  'inputShape' | 'parameters' | 'parametersWithExits' | 'macs' | 'layers'
> {
  readonly model: string;
  readonly exits: readonly ({ readonly name: string } & Omit<ExitProfile, 'index'>)[];
  /** Only with `--advise`. */
  readonly advice?: readonly ExitAdvice[];
}

/** Puts the names of the exits to what was measured. */
export function profileDocument(
  metadata: Pick<MultiExitMetadata, 'name' | 'exits'>,
  { inputShape, parameters, parametersWithExits, macs, exits, layers }: ModelProfile,
  advice: readonly ExitAdvice[] | null,
): ProfileDocument {
  return {
    model: metadata.name,
    inputShape,
    parameters,
    parametersWithExits,
    macs,
    exits: exits.map(({ index, ...exit }) => ({ name: metadata.exits[index]?.name ?? '', ...exit })),
    layers,
    ...(advice === null ? {} : { advice }),
  };
}
