import {
  type CachedLogits,
  type CriterionName,
  DEFAULT_CRITERION,
  type ExitPolicy,
  type Threshold,
  validatePolicy,
} from '@earlyexit/exit-criteria';
import { checkLabelled } from '../checks';
import { scoreExits } from './scored-exits';
import { type ScoredSearchOptions, searchScored, type ThresholdSearch } from './search-scored';

/** What to search for, and what leaving costs. */
export interface SearchOptions extends ScoredSearchOptions {
  /** `max-probability` unless given. */
  readonly criterion?: CriterionName;
  /** One per exit, the final one included; 1 everywhere unless given. */
  readonly temperatures?: readonly number[];
}

/** The thresholds found, as the policy that they make. */
export interface PolicySearch extends ThresholdSearch {
  /** Ready for `withPolicy`. */
  readonly policy: Required<ExitPolicy>;
}

/**
 * Finds thresholds for a largest accuracy drop or a cost target, together with the whole accuracy–cost frontier.
 *
 * With one or two early exits, and with more where that is affordable, every choice that could be best is weighed
 * (`exact`). Otherwise the search starts from every threshold that all exits could share and improves from there, one
 * exit at a time, so that it is never worse than the best shared threshold. Thresholds lie midway between neighbouring
 * scores; samples whose scores are equal except for rounding are not separated.
 *
 * `unique-above` has a two-sided rule: a threshold can be too low as well as too high. Both sides are searched.
 *
 * @throws ArgumentError if options do not fit the exits, labels are missing or the cost target cannot be reached;
 * DataError without samples or for logits that are not finite.
 */
export function searchThresholds(cached: CachedLogits, options: SearchOptions): PolicySearch {
  const { criterion = DEFAULT_CRITERION, temperatures } = options;
  checkLabelled(cached, 'searchThresholds');
  const earlyExits = cached.exits.length - 1;
  validatePolicy(
    {
      criterion,
      thresholds: Array<Threshold>(earlyExits).fill('never'),
      ...(temperatures && { temperatures }),
    },
    earlyExits,
  );
  const found = searchScored(scoreExits(cached, criterion, temperatures), options);
  const ones = cached.exits.map(() => 1);
  return {
    ...found,
    policy: { criterion, thresholds: found.thresholds, temperatures: temperatures ?? ones },
  };
}
