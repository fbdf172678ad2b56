import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { fitTemperatures, type SearchAim, searchThresholds } from '@earlyexit/calibration';
import {
  type CachedLogits,
  costsOf,
  type CriterionName,
  type ExitPolicy,
  storedPolicy,
} from '@earlyexit/exit-criteria';

/** The part of a model's metadata that a search looks at. */
type SearchedMetadata = Pick<MultiExitMetadata, 'exits' | 'staticMacs' | 'policy'>;

/** The temperatures that calibration stored, one an exit; where it never ran, those that fit its logits. */
export function temperaturesOf(metadata: SearchedMetadata, cached: CachedLogits): readonly number[] {
  return storedPolicy(metadata)?.temperatures ?? fitTemperatures(cached);
}

/**
 * The policy of another criterion than the stored one: its thresholds searched for on calibration logits, with the stored
 * temperatures, or new ones where none are stored. Nothing is stored, and nothing promised.
 *
 * @param cached of the calibration split
 * @throws ArgumentError for an aim that cannot be reached, or a criterion that looks at labels that are not there
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
