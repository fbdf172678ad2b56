import { evaluate, type DecidedSession, type EvaluationDocument } from '@earlyexit/evaluation';
import { asNetworkInput } from '../network-input';
import { openEvaluationData } from '../open-evaluation-data';
import type { OpenEvaluationOptions } from './open-evaluation';

/**
 * Evaluates an exported network, on the runtime that it was opened on, on the test split of a data set. A file remembers
 * no data: they are named.
 *
 * @param network from `openExported` or `decideSession` of `@earlyexit/evaluation`
 * @throws what `openEvaluationData` and `evaluate` throw
 */
export async function evaluateExported(
  network: DecidedSession,
  options: Omit<OpenEvaluationOptions, 'calibration' | 'data'>,
): Promise<EvaluationDocument> {
  const { engine, batchSize, ...reopen } = options;
  const { metadata } = network.session;
  const subject = { model: { metadata }, config: null, runDirectory: null };
  const { settings, source, splits } = await openEvaluationData(subject, reopen);
  const { signal, onProgress, onNote } = options;
  return evaluate(network, asNetworkInput(splits.test, source, metadata), {
    ...{ dataset: settings.dataset, engine, batchSize, signal, onProgress, onNote },
  });
}
