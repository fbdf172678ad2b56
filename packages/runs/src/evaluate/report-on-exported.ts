import type { MultiExitMetadata, SampleSource } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { Split } from '@earlyexit/datasets';
import { collectReport, type DecidedSession, type ReportData, sessionLogits } from '@earlyexit/evaluation';
import { policyToJson } from '@earlyexit/exit-criteria';
import { asNetworkInput } from '../network-input';
import { openEvaluationData } from '../open-evaluation-data';
import type { OpenEvaluationOptions } from './open-evaluation';

/**
 * Computes everything that a report shows of an exported network, on the runtime that it was opened on, for the test split
 * of a data set. No thresholds are searched for: a file remembers no calibration images.
 *
 * @param network from `openExported` of `@earlyexit/evaluation`
 * @returns what the report shows, and the images that it is about
 * @throws ArgumentError if thresholds are built in, so that nobody knows what each exit says of every image; what
 *   `openEvaluationData` throws
 */
export async function reportOnExported(
  network: DecidedSession,
  options: Omit<OpenEvaluationOptions, 'calibration' | 'data'>,
): Promise<{ readonly data: ReportData; readonly test: Split<'test'> }> {
  const { engine, batchSize, ...reopen } = options;
  const { session, policy } = network;
  // Before the data are opened, which may take long.
  if (network.isFixed) throw unanswered(session.metadata.name);
  const subject = { model: { metadata: session.metadata }, config: null, runDirectory: null };
  const { settings, source, splits } = await openEvaluationData(subject, reopen);
  const { signal, onProgress } = options;
  const samples: SampleSource = asNetworkInput(splits.test, source, session.metadata);
  const test = await sessionLogits(network, samples, { batchSize, signal, onProgress });
  if (test === null) throw unanswered(session.metadata.name);
  const described = session.file.network as Partial<MultiExitMetadata> & typeof session.file.network;
  const exits = described.exits.map((exit) => ({
    // An old file may say less.
    ...{ attachedAfter: null, head: null, backboneMacs: exit.macs, headMacs: 0 },
    ...exit,
  }));
  const metadata = { ...described, exits, policy: policyToJson(policy) } as MultiExitMetadata;
  const about = { dataset: settings.dataset, engine };
  return { data: collectReport({ metadata }, { calibration: null, test, ...about }), test: splits.test };
}

function unanswered(received: string): ArgumentError {
  return new ArgumentError({
    ...{ function: 'reportOnExported', argument: 'model' },
    rule: 'a report shows what every exit says of every image, and thresholds that are built in let nobody ask',
    received,
    remedy: 'Write the file with thresholds as an input, or give its stages',
  });
}
