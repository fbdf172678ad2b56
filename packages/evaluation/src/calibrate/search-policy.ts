import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { fitTemperatures, type SearchAim, searchThresholds } from '@earlyexit/calibration';
import {
  type CachedLogits,
  costsOf,
  type CriterionName,
  type ExitPolicy,
  storedPolicy,
} from '@earlyexit/exit-criteria';

/** The part of a model's metadata that a search needs. */
type SearchedMetadata = Pick<MultiExitMetadata, 'exits' | 'staticMacs' | 'policy'>;

/** The temperatures that calibration stored, one per exit; if it never ran, those that fit these logits. */
export function temperaturesOf(metadata: SearchedMetadata, cached: CachedLogits): readonly number[] {
  return storedPolicy(metadata)?.temperatures ?? fitTemperatures(cached);
}

/**
 * The policy of another criterion than the stored one: its thresholds are searched on calibration logits, with the
 * stored temperatures, or new ones if none are stored. Nothing is stored and nothing promised.
 *
 * @param cached the logits of the calibration split
 * @throws ArgumentError for an aim that cannot be reached, or a criterion that needs missing labels
 */
export function searchPolicy(
  { metadata }: { readonly metadata: SearchedMetadata },
  cached: CachedLogits,
  { criterion, aim }: { readonly criterion: CriterionName; readonly aim: SearchAim },
): Required<ExitPolicy> {
  const temperatures = temperaturesOf(metadata, cached);
  const how = { criterion, temperatures, costs: costsOf(metadata), aim };
  return { criterion, temperatures, thresholds: searchThresholds(cached, how).thresholds };
}
