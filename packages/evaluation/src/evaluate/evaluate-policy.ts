import { calibrationErrorOf, oracle, policyConfidences, reliabilityBins } from '@earlyexit/calibration';
import { type CachedLogits, type ExitCosts, summarizeExits, thresholdToJson } from '@earlyexit/exit-criteria';
import type { EvaluationDocument, EvaluationOrigin } from './evaluation-document';
import { measurePromise, type PromisedPolicy } from './measure-promise';

/** Evaluates a policy on cached logits with labels. */
export function evaluatePolicy(
  cached: CachedLogits,
  policy: PromisedPolicy,
  costs: ExitCosts,
  about: EvaluationOrigin,
): EvaluationDocument {
  const summary = summarizeExits(cached, policy, costs, about.exitNames);
  const promise = measurePromise(cached, policy);
  const error = calibrationErrorOf(reliabilityBins(policyConfidences(cached, policy)));
  return {
    model: about.model,
    dataset: about.dataset,
    split: about.split,
    samples: cached.samples,
    engine: about.engine,
    criterion: policy.criterion,
    thresholds: policy.thresholds.map(thresholdToJson),
    temperatures: policy.temperatures ?? cached.exits.map(() => 1),
    exits: summary.exits.map((exit, index) => ({ ...exit, name: about.exitNames[index] ?? '' })),
    top1: summary.top1,
    top5: summary.top5,
    static: summary.static,
    averageMacs: summary.averageMacs,
    macsRatio: summary.macsRatio,
    expectedCalibrationError: Number.isNaN(error) ? null : error,
    oracle: oracle(cached, costs, {
      criteria: [policy.criterion],
      ...(policy.temperatures && { temperatures: policy.temperatures }),
    }),
    ...(promise === null ? {} : { promise }),
  };
}
