import { DEFAULT_AIM, type SearchAim } from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import {
  type ComparisonDocument,
  comparePolicies,
  comparisonDocument,
  temperaturesOf,
} from '@earlyexit/evaluation';
import { costsOf } from '@earlyexit/exit-criteria';
import type { OpenedEvaluation } from './open-evaluation';

/**
 * Compares every criterion and the published policies on the test split of a trained network, thresholds of each from its
 * calibration split, all for the same aim (`comparePolicies`).
 *
 * @throws ArgumentError for a network without early exits, or an aim that cannot be reached; DataError for a damaged
 *   image
 */
export async function compareRun(
  { model, data, about, logits }: OpenedEvaluation,
  { aim = DEFAULT_AIM }: { readonly aim?: SearchAim | undefined } = {},
  work: WorkOptions = {},
): Promise<ComparisonDocument> {
  const { metadata } = model;
  requireEarlyExit(metadata);
  const calibration = await logits('calibration', work);
  const temperatures = temperaturesOf(metadata, calibration);
  const { seed } = data.settings;
  const test = await logits('test', work);
  const subject = { calibration, test, temperatures, costs: costsOf(metadata), aim, seed, about };
  return comparisonDocument(await comparePolicies(subject, work), about, aim);
}

/**
 * Refuses a network without early exits.
 *
 * @throws ArgumentError
 */
export function requireEarlyExit({ name, exits }: Pick<MultiExitMetadata, 'name' | 'exits'>): void {
  if (exits.length > 1) return;
  throw new ArgumentError({
    function: 'compareRun',
    argument: 'criterion',
    rule: 'criteria differ where there is an early exit',
    received: `${name}, which has none`,
  });
}
