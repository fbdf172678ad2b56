import { resolve } from 'node:path';
import { ArgumentError } from '@earlyexit/core';
import type { DataSource } from '@earlyexit/datasets';
import { checkClasses } from './check-classes';
import type { ModelPlace } from './find-model';
import { loadRun, type Run } from './open-run';
import { type DataSettings, readRunConfig } from './run-config';

/**
 * Refuses to compare networks with another one on its test images if they were trained on other data, before anything is
 * computed.
 *
 * @param others from `requireModel`
 * @param own the network that they are compared with
 * @param asked the data that are to be used instead of those that `own` was trained on
 * @throws ArgumentError for a network that was trained on other data, or is named twice
 */
export async function requireComparable(
  others: readonly ModelPlace[],
  own: ModelPlace,
  asked: { readonly dataset?: string | undefined; readonly dataDir?: string | undefined } = {},
): Promise<void> {
  const data = await dataOf(own);
  const dataset = asked.dataset ?? data?.dataset;
  const dataDir = asked.dataDir === undefined ? data?.dataDir : resolve(asked.dataDir);
  const seen = new Set([resolve(own.directory)]);
  for (const place of others) {
    const { path, directory } = place;
    if (seen.has(resolve(directory))) {
      throw wrong(
        `each network is named once, and ${own.path} is in the report already`,
        path,
        'Leave it out',
      );
    }
    seen.add(resolve(directory));
    const other = await dataOf(place);
    if (other !== null && dataset !== undefined && other.dataset !== dataset) {
      throw wrong(
        `networks are compared on the same test images, and ${own.path} is about ${dataset}`,
        `${path}, trained on ${other.dataset}`,
        `Name a run on ${dataset}`,
      );
    }
    // Folders of images are all called image-folder.
    if (other !== null && dataset === 'image-folder' && other.dataDir !== dataDir) {
      throw wrong(
        `networks are compared on the same test images, and ${own.path} is about those in ${String(dataDir)}`,
        `${path}, trained on ${String(other.dataDir)}`,
        'Name a run on the same folder: the other may have been trained on these test images',
      );
    }
  }
}

/**
 * Loads networks to be compared, before any is run.
 *
 * @throws ArgumentError if one tells other classes apart or takes images of another size; DataError if a file is damaged
 */
export async function loadComparable(places: readonly ModelPlace[], source: DataSource): Promise<Run[]> {
  const runs: Run[] = [];
  for (const place of places) {
    const run = await loadRun(place);
    const { metadata } = run.model;
    checkClasses(metadata, source);
    const shape = metadata.preprocessing?.inputShape;
    if (shape !== undefined && shape.join() !== source.imageShape.join()) {
      throw wrong(
        `networks are compared on the same test images, ${source.imageShape.join('×')} here`,
        `${place.path}, which takes ${shape.join('×')}`,
        'Name a network for images of this size',
      );
    }
    runs.push(run);
  }
  return runs;
}

async function dataOf({ runDirectory }: ModelPlace): Promise<DataSettings | null> {
  return runDirectory === null ? null : ((await readRunConfig(runDirectory))?.data ?? null);
}

function wrong(rule: string, received: string, remedy: string): ArgumentError {
  return new ArgumentError({ function: 'requireComparable', argument: 'compare', rule, received, remedy });
}
