import { countParameters } from '@earlyexit/profiler';
import type { MultiExitModel, Preprocessing } from './multi-exit-model';

/** A network in a few numbers. */
export interface NetworkFacts {
  readonly name: string;
  /** `[height, width, channels]` of its images. */
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
  /** Early exits. */
  readonly exits: number;
  readonly layers: number;
  readonly parameters: number;
  /** Multiply-accumulates of the network without exits. */
  readonly macs: number;
  readonly preprocessing: Preprocessing | null;
}

/** Summarises a network: `import --json` prints it. */
export function networkFacts({ model, metadata }: MultiExitModel): NetworkFacts {
  return {
    name: metadata.name,
    inputShape: model.inputs[0]!.shape.slice(1) as number[],
    classes: metadata.classes,
    exits: metadata.exits.length - 1,
    layers: model.layers.length,
    parameters: countParameters(model),
    macs: metadata.staticMacs,
    preprocessing: metadata.preprocessing,
  };
}
