import { calibrationErrorOf, oracle, policyConfidences, reliabilityBins } from '@earlyexit/calibration';
import {
  argmaxRows,
  type CachedLogits,
  type ExitCosts,
  type PromisedPolicy,
  summarizeExits,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import { averageEnergy } from '@earlyexit/profiler';
import type { EvaluationDocument, EvaluationOrigin } from './evaluation-document';
import { evaluationIntervals } from './evaluation-intervals';
import { measurePromise } from './measure-promise';
import { measureReject } from './measure-reject';

/**
 * Evaluates a policy on cached logits with labels: accuracy and cost per exit and in total, with their intervals, and
 * the measured risk of its promise or reject option, if any.
 *
 * @throws ArgumentError if the policy does not fit the network
 */
export function evaluatePolicy(
  cached: CachedLogits,
  policy: PromisedPolicy,
  costs: ExitCosts,
  about: EvaluationOrigin,
): EvaluationDocument {
  const summary = summarizeExits(cached, policy, costs, about.exitNames);
  const promise = measurePromise(cached, policy, costs);
  const { reject = null } = policy;
  const confidences = policyConfidences(cached, policy);
  const error = calibrationErrorOf(reliabilityBins(confidences));
  const { correct } = confidences;
  const finalCorrect = correctOf(cached);
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
    intervals: evaluationIntervals({ exits: summary.exits, costs, correct, finalCorrect, confidences }),
    ...(about.energy && {
      energy: averageEnergy(
        about.energy,
        summary.exits.map(({ share }) => share),
      ),
    }),
    ...(promise === null ? {} : { promise }),
    ...(reject === null ? {} : { reject: measureReject(cached, policy, reject) }),
  };
}

/** `[samples]`, 1 where the final exit is right. */
export function correctOf({ exits, classes, labels }: CachedLogits): Uint8Array {
  const answers = argmaxRows(exits.at(-1) ?? new Float32Array(), classes);
  return Uint8Array.from(answers, (answer, row) => (answer === labels?.[row] ? 1 : 0));
}
