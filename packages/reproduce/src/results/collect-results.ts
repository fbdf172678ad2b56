import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, type WorkOptions } from '@earlyexit/core';
import { explainRead, readJsonFile } from '@earlyexit/core/node';
import { listRecipes } from '../read-recipe';
import type { Recipe } from '../recipe';
import type { Reproduction } from '../result';
import { ANSWERS_ENDING, readAnswers } from './kept-answers';
import { type NetworkResult, networkResult } from './network-result';
import { readReproduction } from './read-reproduction';

/** Everything that a folder of results says. */
export interface Results {
  /** Networks whose answers are kept, by name. */
  readonly networks: readonly NetworkResult[];
  /** Published systems that were reproduced, by name; quick forms are left out. */
  readonly reproductions: readonly Reproduction[];
  /** Recipes of the package that were not carried out in the full form. */
  readonly notCarriedOut: readonly Pick<Recipe, 'name' | 'title'>[];
}

/**
 * Reads a folder of results (`NAME.json` of `reproduce`, `NAME.answers.gz` of `keepAnswers`) and computes what they
 * come to. Other files are left alone, JSON that is no result is noted.
 *
 * @throws DataError for a folder that cannot be read or holds no result, and for a damaged file
 */
export async function collectResults(folder: string, work: WorkOptions = {}): Promise<Results> {
  const files = await filesOf(folder);
  const networks: NetworkResult[] = [];
  const reproductions: Reproduction[] = [];
  for (const file of files) {
    work.signal?.throwIfAborted();
    const path = join(folder, file);
    if (file.endsWith(ANSWERS_ENDING)) networks.push(await networkResult(await readAnswers(path), work));
    if (!file.endsWith('.json')) continue;
    const read = readReproduction(await readJsonFile(path), path);
    if (read === null) work.onNote?.({ level: 'note', text: `${path} is no result, and is left out` });
    else if (read.form === 'quick')
      work.onNote?.({ level: 'note', text: `${path} is of the quick form, whose figures mean nothing: left out` });
    else reproductions.push(read);
  }
  if (networks.length + reproductions.length === 0) {
    throw new DataError({
      where: folder,
      rule: `results are NAME.json of a reproduction or NAME${ANSWERS_ENDING} of a network`,
      received: files.length === 0 ? 'an empty folder' : `${files.length} other files`,
      remedy: 'Reproduce a system into it, or keep the answers of a network in it',
    });
  }
  const done = new Set(reproductions.map(({ name }) => name));
  const notCarriedOut = (await listRecipes())
    .filter(({ name }) => !done.has(name))
    .map(({ name, title }) => ({ name, title }));
  return { networks, reproductions, notCarriedOut };
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name).sort();
  } catch (error) {
    throw explainRead(error, folder, 'this folder can be read');
  }
}
