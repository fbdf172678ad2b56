import { argmaxRows, type CachedLogits } from '@earlyexit/exit-criteria';
import { checkLogits } from '../checks';
import { type SearchOptions, searchThresholds } from '../search/search-thresholds';
import type { ExitLoss } from './exit-losses';
import type { ThresholdPath } from './threshold-path';

/**
 * A path with a separate threshold for each exit, fitted on other samples than those a promise is made on: the whole
 * accuracy–cost frontier there, from its most accurate and most expensive thresholds to its cheapest (Pareto testing;
 * Laufer-Goldshtein et al., ICLR 2023). Accuracy is measured by the loss that is to be promised. It works for every
 * criterion, including those without a natural scale.
 *
 * @param fitted Samples that no promise on this path is made on.
 * @throws ArgumentError for `gap` without labels, or costs that do not fit; DataError without samples.
 */
export function frontierPath(
  fitted: CachedLogits,
  options: Omit<SearchOptions, 'aim'> & { readonly loss?: ExitLoss },
): ThresholdPath {
  const { loss = 'consistency', ...search } = options;
  checkLogits(fitted, 'frontierPath');
  const final = fitted.exits.at(-1)!;
  const labels = loss === 'consistency' ? argmaxRows(final, fitted.classes) : fitted.labels;
  const { frontier } = searchThresholds({ ...fitted, labels }, { ...search, aim: { maxAccuracyDrop: 0 } });
  return frontier.map(({ thresholds }) => thresholds).reverse();
}
