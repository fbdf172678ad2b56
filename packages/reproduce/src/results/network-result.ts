import { DEFAULT_AIM, type SearchAim, searchThresholds } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import {
  type ComparisonDocument,
  comparePolicies,
  comparisonDocument,
  type EvaluationDocument,
  type EvaluationOrigin,
  evaluatePolicy,
} from '@earlyexit/evaluation';
import {
  type ExitCosts,
  getCriterion,
  neverLeave,
  type PromisedPolicy,
  storedPolicy,
} from '@earlyexit/exit-criteria';
import { frontierCurve, thinFrontier } from '../frontier-curve';
import type { CurvePoint } from '../result';
import type { AnsweredNetwork, KeptAnswers } from './kept-answers';

/** What the kept answers of a network come to. */
export interface NetworkResult extends AnsweredNetwork {
  /** On the test images, under the policy that the network carries. */
  readonly evaluation: EvaluationDocument;
  /** Thresholds along the frontier of the calibration images, and what they give on the test images. */
  readonly curve: readonly CurvePoint[];
  /** Every criterion and published policy at the same aim; null for a network without early exits. */
  readonly comparison: ComparisonDocument | null;
}

/** Options of `networkResult`. */
export interface NetworkResultOptions extends WorkOptions {
  /** What the thresholds of every compared policy are searched for; `DEFAULT_AIM` unless given. */
  readonly aim?: SearchAim | undefined;
}

/**
 * Computes accuracy, cost and frontier of a network from what its exits said, and compares every policy on the same
 * answers. Thresholds come from the calibration images; no network is run.
 *
 * @throws ArgumentError if the stored policy does not fit the answers
 */
export async function networkResult(
  { calibration, test, ...network }: KeptAnswers,
  { aim = DEFAULT_AIM, ...work }: NetworkResultOptions = {},
): Promise<NetworkResult> {
  const { exits, staticMacs, dataset, engine, seed } = network;
  const costs: ExitCosts = { exitMacs: exits.map(({ macs }) => macs), staticMacs };
  const policy: PromisedPolicy = storedPolicy(network) ?? neverLeave(network);
  const exitNames = exits.map(({ name }) => name);
  const about: EvaluationOrigin = { model: network.name, dataset, split: 'test', engine, exitNames };
  const { temperatures = exits.map(() => 1) } = policy;
  const compare = async (): Promise<ComparisonDocument> => {
    const subject = { calibration, test, temperatures, costs, aim, seed, about };
    return comparisonDocument(await comparePolicies(subject, work), about, aim);
  };
  return {
    ...network,
    evaluation: evaluatePolicy(test, policy, costs, about),
    curve: curveOf({ calibration, test }, policy, costs),
    comparison: exits.length === 1 ? null : await compare(),
  };
}

// Enough for a smooth line in a picture of this size.
const CURVE_POINTS = 60;

function curveOf(
  { calibration, test }: Pick<KeptAnswers, 'calibration' | 'test'>,
  { criterion, temperatures }: PromisedPolicy,
  costs: ExitCosts,
): CurvePoint[] {
  if (test.exits.length === 1 || getCriterion(criterion).needsLabels) return [];
  const policy = temperatures === undefined ? { criterion } : { criterion, temperatures };
  const { frontier } = searchThresholds(calibration, { ...policy, costs, aim: { maxAccuracyDrop: 0 } });
  const thinned = thinFrontier(frontier, CURVE_POINTS).map(({ thresholds }) => thresholds);
  return frontierCurve(test, policy, thinned, costs);
}
