import type { MultiExitModel } from '@earlyexit/branch-head';
import { recalibrate } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import {
  type CachedLogits,
  costsOf,
  type ExitPolicy,
  type ResolvedPolicy,
  simulate,
} from '@earlyexit/exit-criteria';

/** A policy for when there is no time for the one that was calibrated. */
export interface RelaxedPolicy {
  /** The largest share of answers that differ from those of the whole network. */
  readonly risk: number;
  readonly policy: Required<ExitPolicy>;
  /** What is promised, in words. */
  readonly promise: string;
  /** Mean multiply-accumulates on the samples, before and after. */
  readonly macs: number;
  readonly relaxedMacs: number;
}

/**
 * Finds a second policy of a calibrated network, which leaves earlier and promises less: of the answers at most `risk`
 * differ from those of the whole network, with a probability of 0.9.
 *
 * @param kept the logits of the calibration images
 * @param options the policy in use
 * @throws ArgumentError if no thresholds keep the promise, or those that do cost no less than the ones in use; DataError
 * if there are too few samples for it
 */
export function relaxPolicy(
  model: Pick<MultiExitModel, 'metadata'>,
  kept: CachedLogits,
  { risk, options }: { readonly risk: number; readonly options: ResolvedPolicy },
): RelaxedPolicy {
  const costs = costsOf(model.metadata);
  const { policy, promise } = recalibrate(
    { ...kept, labels: null },
    {
      ...{ criterion: options.criterion, costs, risk, method: 'ltt', loss: 'consistency' },
      // Those in use were fitted on these images, on which nothing may have been fitted that a promise rests on.
      temperatures: options.temperatures.map(() => 1),
    },
  );
  const meanMacs = (each: ExitPolicy): number =>
    simulate(kept, each).exitIndex.reduce((sum, exit) => sum + costs.exitMacs[exit]!, 0) / kept.samples;
  const [macs, relaxedMacs] = [meanMacs(options), meanMacs(policy)];
  if (relaxedMacs >= macs) {
    throw new ArgumentError({
      ...{ function: 'relaxPolicy', argument: 'risk' },
      rule: 'the policy that it allows costs less than the one in use',
      received: `${risk}, ${Math.round(relaxedMacs)} multiply-accumulates an image in place of ${Math.round(macs)}`,
      remedy: 'Allow more; where all images leave at the first exit already, nothing is cheaper',
    });
  }
  return { risk, policy, promise: promise.promise, macs, relaxedMacs };
}
