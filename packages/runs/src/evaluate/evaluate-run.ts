import { DEFAULT_AIM, type SearchAim } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import {
  checkAskedPolicy,
  describeAim,
  type EvaluationDocument,
  evaluatePolicy,
  searchPolicy,
} from '@earlyexit/evaluation';
import {
  type AskedPolicy,
  costsOf,
  findPolicy,
  neverLeave,
  type PromisedPolicy,
} from '@earlyexit/exit-criteria';
import type { OpenedEvaluation } from './open-evaluation';

/** What a caller says of the policy to evaluate; the rest is what calibration stored. */
export interface AskedEvaluation extends Pick<AskedPolicy, 'criterion' | 'thresholds'> {
  /** What thresholds are searched for where another criterion than the stored one is named; `DEFAULT_AIM` unless given. */
  readonly aim?: SearchAim | undefined;
}

/**
 * Evaluates a trained network on its test split, under the policy that is stored in it or is asked for. Another criterion
 * than the stored one gets thresholds from the calibration split; a network that was never calibrated is evaluated with
 * nobody leaving early.
 *
 * @throws ArgumentError for a policy that does not fit the network, or an aim that cannot be reached; DataError for a
 *   damaged image
 */
export async function evaluateRun(
  opened: OpenedEvaluation,
  asked: AskedEvaluation = {},
  work: WorkOptions = {},
): Promise<EvaluationDocument> {
  const policy = await policyToEvaluate(opened, asked, work);
  return evaluatePolicy(
    await opened.logits('test', work),
    policy,
    costsOf(opened.model.metadata),
    opened.about,
  );
}

/** The policy as asked for, as calibrated, or searched for on the calibration split. */
export async function policyToEvaluate(
  { model, logits }: OpenedEvaluation,
  { aim = DEFAULT_AIM, ...asked }: AskedEvaluation,
  work: WorkOptions,
): Promise<PromisedPolicy> {
  const { metadata } = model;
  checkAskedPolicy(metadata, asked);
  const { thresholds, ...found } = findPolicy(metadata, asked);
  if (thresholds !== null) return { ...found, thresholds };
  if (asked.criterion === undefined) return neverLeave(metadata);
  const { criterion } = found;
  work.onNote?.({
    level: 'note',
    text: `thresholds of ${criterion} are searched for on the calibration split: ${describeAim(aim)}`,
  });
  return searchPolicy(model, await logits('calibration', work), { criterion, aim });
}
