import type { ExitCosts } from '@earlyexit/exit-criteria';
import type { ForeignInput, OnnxMetadata } from '@earlyexit/onnx/foreign';

/** An early exit as the file describes it. */
export interface DescribedExit {
  readonly name: string;
  /** The tensor that it reads; null before the network. */
  readonly attachedAfter: string | null;
  readonly head: string;
  readonly headMacs: number;
}

/** What a file says of its network. */
export function attachedMetadata({
  name,
  classes,
  count,
  input,
  exits,
  costs,
}: {
  readonly name: string;
  /** Names of the classes; numbers where there are none. */
  readonly classes: readonly string[] | undefined;
  readonly count: number;
  readonly input: ForeignInput;
  readonly exits: readonly DescribedExit[];
  readonly costs: ExitCosts;
}): OnnxMetadata['network'] {
  const headsUpTo = (exit: number): number =>
    exits.slice(0, exit + 1).reduce((sum, { headMacs }) => sum + headMacs, 0);
  return {
    format: 'earlyexit',
    formatVersion: 1,
    name,
    classes: classes ?? Array.from({ length: count }, (_, index) => String(index)),
    preprocessing: {
      inputShape: input.size,
      mean: input.mean,
      standardDeviation: input.standardDeviation,
      polarity: null,
    },
    exits: [
      ...exits.map((exit, index) => ({
        ...exit,
        macs: costs.exitMacs[index]!,
        backboneMacs: costs.exitMacs[index]! - headsUpTo(index),
      })),
      {
        name: 'final',
        attachedAfter: null,
        head: null,
        macs: costs.exitMacs.at(-1)!,
        backboneMacs: costs.staticMacs,
        headMacs: 0,
      },
    ],
    staticMacs: costs.staticMacs,
    lossWeights: null,
    policy: null,
  };
}
