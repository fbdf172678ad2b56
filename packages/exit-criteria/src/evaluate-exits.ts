import { argmaxRows } from './argmax';
import { type CachedLogits, validateCachedLogits } from './cached-logits';
import { getCriterion } from './criteria/criterion-registry';
import type { CriterionEvaluation, CriterionName } from './criteria/criterion';
import type { CriterionState } from './criteria/criterion-state';

/**
 * A criterion's evaluation of every exit for every sample, as if none had left before. The last evaluation is the final
 * exit's, whose answer is the argmax of its own logits under every criterion.
 *
 * @param temperatures One per exit, the final one included; 1 everywhere unless given.
 * @throws ArgumentError for an unknown criterion, logits whose parts do not fit each other, or missing labels
 */
export function evaluateExits(
  cached: CachedLogits,
  criterion: CriterionName,
  temperatures?: readonly number[],
): CriterionEvaluation[] {
  validateCachedLogits(cached);
  const { evaluate } = getCriterion(criterion);
  const { classes, labels } = cached;
  let state: CriterionState | null = null;
  return cached.exits.map((logits, exit) => {
    const temperature = temperatures?.[exit] ?? 1;
    const evaluation: CriterionEvaluation = evaluate(
      { logits, classes, temperature, ...(labels === null ? {} : { labels }) },
      state,
    );
    state = evaluation.state;
    if (exit < cached.exits.length - 1) return evaluation;
    return { ...evaluation, classes: argmaxRows(logits, classes), ranking: logits };
  });
}
