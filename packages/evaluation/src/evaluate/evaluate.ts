import { computeLogits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import { costsOf, type ExitPolicy, neverLeave, storedPolicy } from '@earlyexit/exit-criteria';
import type { DecidedSession } from '../session/session-policy';
import { evaluatePolicy } from './evaluate-policy';
import { evaluateSession, type SessionEvaluationOptions } from './evaluate-session';
import type { EvaluationDocument } from './evaluation-document';

/** Options of `evaluate`. */
export interface EvaluateOptions extends SessionEvaluationOptions {
  /** The policy of a model; the one that calibration stored in it unless given. A session has its own. */
  readonly policy?: ExitPolicy | undefined;
}

/**
 * Evaluates a network on labelled samples, per exit and in total: accuracy, cost, calibration error, and how far it is
 * from the best possible. A model runs in TensorFlow.js, a session (see `decideSession`) in its own runtime.
 *
 * @param samples the test split: nothing may have been fitted on it
 * @returns what `evaluate --json` prints
 * @throws ArgumentError if the samples do not fit the network, or a policy does not; DataError for logits that are not
 *   finite
 */
export async function evaluate(
  network: MultiExitModel | DecidedSession,
  samples: SampleSource,
  options: EvaluateOptions,
): Promise<EvaluationDocument> {
  if ('session' in network) return evaluateSession(network, samples, options);
  const { metadata } = network;
  const { batchSize, dataset, engine, onProgress, signal, split = 'test' } = options;
  const cached = await computeLogits(network, samples, {
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) => onProgress?.({ what: 'running images', done, total, unit: 'samples' }),
  });
  return evaluatePolicy(
    cached,
    options.policy ?? storedPolicy(metadata) ?? neverLeave(metadata),
    costsOf(metadata),
    {
      ...{ model: metadata.name, dataset, split, engine },
      exitNames: metadata.exits.map(({ name }) => name),
    },
  );
}
