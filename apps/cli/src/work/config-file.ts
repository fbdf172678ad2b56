import { ArgumentError, DataError, nearestName } from '@earlyexit/core';
import { kindOfPath, readWholeFile } from '@earlyexit/core/node';
import { parse } from 'yaml';
import { parseOptions } from '../options/parse-options';
import { renameSpellings, trainOptionsSchema } from '../options/train-options';

// A run's own config.json takes a few kilobytes.
const LARGEST_CONFIG_BYTES = 2 ** 20;

/**
 * Reads the options of `train` from a YAML or JSON file. Keys are the options' names, with or without hyphens:
 * `batch-size`, `batchSize`. The `config.json` of a run serves too.
 *
 * @throws DataError if the file cannot be read; ArgumentError for a key or value that is no option
 */
export async function readConfigFile(path: string): Promise<Record<string, unknown>> {
  const bytes = await readWholeFile(path, { size: LARGEST_CONFIG_BYTES }).catch(async (error: unknown) => {
    const kind = await kindOfPath(path);
    if (kind === 'file') throw error;
    const rule = kind === null ? 'it is not there' : 'it is a folder where a file is expected';
    throw new DataError({ where: path, rule, cause: error });
  });
  const content = Buffer.from(bytes).toString('utf8');
  let value: unknown;
  try {
    value = parse(content);
  } catch (cause) {
    const [line = ''] = (cause as Error).message.split('\n');
    throw new DataError({ where: path, rule: 'it is neither YAML nor JSON', received: line, cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DataError({
      where: path,
      rule: 'a configuration is a list of options and their values, such as `epochs: 10`',
      received: content.trim() === '' ? 'an empty file' : JSON.stringify(value).slice(0, 80),
    });
  }
  return checkConfig(
    'format' in value && value.format === 'earlyexit-run' && 'options' in value
      ? (value.options as object)
      : value,
    path,
  );
}

function checkConfig(value: object, path: string): Record<string, unknown> {
  const known = Object.keys(trainOptionsSchema.shape);
  const options: Record<string, unknown> = {};
  for (const [written, setting] of Object.entries(renameSpellings(value as Record<string, unknown>))) {
    const key = written.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (!known.includes(key)) {
      const near = nearestName(key, known);
      throw new ArgumentError({
        where: path,
        rule: 'every key is an option of train',
        received: written,
        remedy: near === null ? 'earlyexit train --help lists the options' : `Did you mean ${near}`,
      });
    }
    if (setting !== null) options[key] = setting;
  }
  parseOptions(trainOptionsSchema, options, (key) => `${path}, ${key}`);
  return options;
}
