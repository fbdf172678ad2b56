import { profileModel } from '@earlyexit/profiler';
import type { MultiExitMetadata } from './multi-exit-model';
import type { tfl } from '../tf';

/** The metadata with the costs of the exits counted anew on `model`, whose outputs they describe. */
export function withCosts(metadata: MultiExitMetadata, model: tfl.LayersModel): MultiExitMetadata {
  const profile = profileModel(model);
  return {
    ...metadata,
    exits: metadata.exits.map((exit, index) => {
      const { cumulativeMacs, backboneMacs, headMacs } = profile.exits[index]!;
      return { ...exit, macs: cumulativeMacs, backboneMacs, headMacs };
    }),
  };
}
