import { join } from 'node:path';
import { ArgumentError, version, type WorkOptions } from '@earlyexit/core';
import type { OpenedEvaluation } from '@earlyexit/runs';
import { ANSWERS_ENDING, writeAnswers } from './kept-answers';

/** How a network is called among the results. */
export interface KeepAnswersOptions extends WorkOptions {
  /** The name of its files: letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** For people; the name unless given. */
  readonly title?: string | undefined;
  /** What was typed to get the network. */
  readonly commands?: readonly string[] | undefined;
  /** What a reader of its figures has to know, in sentences. */
  readonly notes?: readonly string[] | undefined;
}

/**
 * Runs a network on its calibration and its test images and keeps what every exit says, in `folder/NAME.answers.gz`:
 * `collectResults` computes everything else from it.
 *
 * @returns the path
 * @throws ArgumentError for a name that is none; DataError for a damaged image; EnvironmentError if it cannot be written
 */
export async function keepAnswers(
  { model: { metadata }, data, about, logits }: OpenedEvaluation,
  folder: string,
  { name, title = name, commands = [], notes = [], ...work }: KeepAnswersOptions,
): Promise<string> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) {
    throw new ArgumentError({
      function: 'keepAnswers',
      argument: 'name',
      rule: 'a result is named by letters, digits, ".", "_" and "-", 100 at most',
      received: name,
    });
  }
  const { exits, staticMacs, policy } = metadata;
  const path = join(folder, `${name}${ANSWERS_ENDING}`);
  await writeAnswers(path, {
    ...{ name, title, version, staticMacs, policy },
    commands: [...commands],
    notes: [...notes],
    dataset: about.dataset,
    engine: about.engine,
    seed: data.settings.seed,
    exits: exits.map((exit) => ({ name: exit.name, macs: exit.macs })),
    calibration: await logits('calibration', work),
    test: await logits('test', work),
  });
  return path;
}
