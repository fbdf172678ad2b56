import { join } from 'node:path';
import { DataError } from '@earlyexit/core';
import { kindOfPath } from '@earlyexit/core/node';
import { readRunConfig, type RunConfig } from '../run-config';

/**
 * What a run that is to be resumed remembers.
 *
 * @param model the network, where the caller names one
 * @returns null where there is no run, and `model` says enough to begin one
 * @throws DataError where there is no run and no network is named, or a run does not say which options began it
 */
export async function readBegunRun(runDirectory: string, model?: string): Promise<RunConfig | null> {
  const remembered = await readRunConfig(runDirectory);
  if (model !== undefined || remembered?.options['model'] !== undefined) return remembered;
  if (remembered === null) {
    const kind = await kindOfPath(runDirectory);
    throw new DataError({
      function: 'readBegunRun',
      where: runDirectory,
      rule: 'there is no run here to go on with',
      received: kind === null ? 'nothing at this path' : `a ${kind} without config.json`,
      remedy: (called) =>
        `Name its folder with ${called('out')}, or leave ${called('resume')} out and name a ${called('model')} to begin one`,
    });
  }
  throw new DataError({
    where: join(runDirectory, 'config.json'),
    rule: 'only the program that began this run knows how to go on with it: it was not earlyexit train',
    remedy: 'Go on there, with the option resume of train()',
  });
}
