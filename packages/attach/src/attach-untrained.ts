import { policyToJson, type Threshold } from '@earlyexit/exit-criteria';
import { type ImagePreparation, preparedInput, writeForeignConditional } from '@earlyexit/onnx/foreign';
import { DataError } from '@earlyexit/core';
import { CRITERION } from './criterion';
import { namedPlaces, readAt } from './exit-places';
import { firstWeights } from './heads/first-weights';
import { poolingOf } from './heads/pooling';
import { planExits, type PlannedExits } from './plan-exits';
import type { ExaminedNetwork } from './survey/examined-network';

/** How a classifier gets exits that have learnt nothing. */
export interface UntrainedOptions extends ImagePreparation {
  /** Places by a tensor's name or a share of the cost (`30%`). */
  readonly exits: readonly string[];
  /** Neurons of a head between pooled features and logits; 0 for a linear head, which it is unless given. */
  readonly hidden?: number | undefined;
  /** Of the heads' weights; 0 unless given. */
  readonly seed?: number | undefined;
  /** One an exit; `never` unless given, for a head that has learnt nothing knows nothing. */
  readonly thresholds?: readonly Threshold[] | undefined;
  /** The names of the classes; numbers unless given. */
  readonly classes?: readonly string[] | undefined;
}

/** A file with exits that have learnt nothing, and what leaving at each costs. */
export interface UntrainedFile extends Pick<PlannedExits, 'costs' | 'metadata'> {
  readonly file: Uint8Array<ArrayBuffer>;
}

/**
 * Puts exits with seeded weights into a classifier: to see what they would cost and where the work is left out, before
 * there are images to fit them to. `attachToOnnx` fits them. Runs in browsers too.
 *
 * @throws DataError for a place that is not there; ArgumentError for a wrong preparation
 */
export async function attachUntrained(
  { network, input, where }: ExaminedNetwork,
  options: UntrainedOptions,
): Promise<UntrainedFile> {
  const { hidden = 0, seed = 0, thresholds, classes } = options;
  const prepared = preparedInput(input, options, { function: 'attachUntrained', argument: 'mean' });
  const cuts = namedPlaces(network, options.exits, where);
  if (cuts.length === 0) {
    throw new DataError({ where, rule: 'there is a place for an exit', received: 'none' });
  }
  const heads = cuts.map((cut, index) => {
    const own = poolingOf(network.tensors.get(readAt(cut))!)!.size;
    // The logits of the exit before are read too.
    const inputs = own + (index === 0 ? 0 : network.classes);
    return firstWeights({ inputs, hidden, classes: network.classes }, seed + index);
  });
  const { costs, ...plan } = planExits({ network, input: prepared, where }, cuts, heads, classes);
  const policy = {
    criterion: CRITERION,
    thresholds: thresholds ?? heads.map(() => 'never' as const),
    temperatures: [...heads, null].map(() => 1),
  };
  const metadata = { ...plan.metadata, policy: policyToJson(policy) };
  const file = await writeForeignConditional({ ...plan, ...policy, thresholdsAs: 'input', metadata });
  return { file, costs, metadata };
}
