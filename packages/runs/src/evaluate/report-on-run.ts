import { basename, resolve } from 'node:path';
import type { WorkOptions } from '@earlyexit/core';
import { collectReport, type NetworkToCompare, type ReportData } from '@earlyexit/evaluation';
import { loadComparable } from '../comparable-runs';
import type { ModelPlace } from '../find-model';
import { splitLogits } from '../split-logits';
import type { OpenedEvaluation } from './open-evaluation';

/**
 * Computes everything that a report shows of a trained network (`collectReport`), next to other networks that are run on
 * the same test images one after the other.
 *
 * @param compare other networks, from `requireModel`; see `requireComparable`
 * @throws ArgumentError for a network that does not fit the data; DataError for a damaged image or file
 */
export async function reportOnRun(
  opened: OpenedEvaluation,
  { compare = [] }: { readonly compare?: readonly ModelPlace[] | undefined } = {},
  work: WorkOptions = {},
): Promise<ReportData> {
  const { model, data, about, batchSize } = opened;
  const { dataset, engine, energy } = about;
  const others = await loadComparable(compare, data.source);
  const calibration = await opened.logits('calibration', work);
  const test = await opened.logits('test', work);
  const compared: NetworkToCompare[] = [];
  for (const { model: other, path, directory, runDirectory } of others) {
    const { metadata } = other;
    work.onNote?.({ level: 'note', text: `comparing with ${path}: ${metadata.name}` });
    compared.push({
      ...{ metadata, run: path, label: basename(resolve(runDirectory ?? directory)) },
      test: await splitLogits({ model: other }, data, 'test', { batchSize, ...work }),
    });
    other.model.dispose();
  }
  return collectReport(model, { calibration, test, dataset, engine, energy, compared });
}
