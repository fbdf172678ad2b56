import { join } from 'node:path';
import { errorCode, readWholeFile } from '@earlyexit/core/node';
import type { EpochMetrics } from '../epoch/epoch-metrics';

// A thousand epochs take 1 MB.
const LARGEST_RECORD_BYTES = 2 ** 28;

/**
 * The epochs that a training has done, from the record in its run folder, in their order; none where there is no record
 * yet. An epoch that was done twice, because its checkpoint was lost, counts as it was done last. A damaged line of the
 * record is passed over.
 *
 * @throws DataError if the record cannot be read
 */
export async function readEpochs(runDirectory: string): Promise<EpochMetrics[]> {
  const byEpoch = new Map<number, EpochMetrics>();
  for (const line of (await readRecord(join(runDirectory, 'events.jsonl'))).split('\n')) {
    const epoch = parseEpoch(line);
    if (epoch !== null) byEpoch.set(epoch.epoch, epoch);
  }
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

async function readRecord(path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readWholeFile(path, { size: LARGEST_RECORD_BYTES }));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** An epoch from a line of the record; null for any other event, and for a damaged line. */
function parseEpoch(line: string): EpochMetrics | null {
  try {
    const event = JSON.parse(line) as Partial<{ readonly type: string } & EpochMetrics> | null;
    const isWhole =
      event?.type === 'epoch' && Number.isFinite(event.epoch) && Array.isArray(event.trainLosses);
    return isWhole ? (event as EpochMetrics) : null;
  } catch {
    return null;
  }
}
