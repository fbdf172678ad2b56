import { ArgumentError, nearestName } from '@earlyexit/core';
import { readSettingsFile } from '@earlyexit/runs';
import type { GivenOptions, OptionDeclarations } from './declare-option';
import { checkOptions } from './read-options';

// Enough to see what kind of file it is.
const KEYS_SHOWN = 3;

/** Settings by the names that a file gives them, each as often as it stands there. */
type Entries = Iterable<readonly [string, unknown]>;

/**
 * Reads options from a YAML or JSON file. Keys are the options' names, with or without hyphens: `batch-size`, `batchSize`.
 * The `config.json` of a run serves too.
 *
 * @param options the options of the command, of which those may stand in a file that say so
 * @throws DataError if the file cannot be read; ArgumentError for a key or value that is no option
 */
export async function readConfigFile<Declarations extends OptionDeclarations>(
  path: string,
  options: Declarations,
  signal?: AbortSignal,
): Promise<GivenOptions<Declarations>> {
  return checkSettings(await readSettingsFile(path, signal), options, path);
}

/**
 * Checks settings that come from a file.
 *
 * @param path what errors call the file
 * @throws ArgumentError for keys that are no options, an option that is given twice, and a wrong value
 */
export function checkSettings<Declarations extends OptionDeclarations>(
  entries: Entries,
  options: Declarations,
  path: string,
): GivenOptions<Declarations> {
  const keys = keysOf(options);
  const written = new Map<string, string>();
  const given = new Map<string, unknown>();
  const unknown: string[] = [];
  for (const [name, value] of entries) {
    const key = keys.get(inOneSpelling(name));
    if (key === undefined) unknown.push(name);
    else if (written.has(key)) {
      const same = written.get(key) === name;
      throw new ArgumentError({
        where: path,
        rule: 'an option is given once',
        received: same ? `${name} twice` : `${key} in two spellings, one of them ${name}`,
        remedy: 'Leave one of them out',
      });
    } else {
      written.set(key, name);
      // `epochs:` with nothing behind it leaves the option out.
      if (value !== null) given.set(key, value);
    }
  }
  if (unknown.length > 0) throw unknownKeys(unknown, [...new Set(keys.values())], path);
  return checkOptions(options, Object.fromEntries(given), (key) => `${path}, ${key}`);
}

function unknownKeys(unknown: readonly string[], known: readonly string[], path: string): ArgumentError {
  const near = nearestName(inOneSpelling(unknown[0] ?? ''), known);
  const more = unknown.length - KEYS_SHOWN;
  return new ArgumentError({
    where: path,
    rule: 'every key is an option of the command',
    received: `${unknown.slice(0, KEYS_SHOWN).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`,
    remedy: near === null ? '--help lists the options' : `Did you mean ${near}`,
  });
}

/** The keys of the options that may stand in a file, by their names in one spelling. */
function keysOf(options: OptionDeclarations): Map<string, string> {
  return new Map(
    Object.entries(options)
      .filter(([, { inConfigFile }]) => inConfigFile)
      .flatMap(([key, { spellings }]) =>
        [key, ...spellings.map((flag) => flag.slice(2))].map((name) => [inOneSpelling(name), key]),
      ),
  );
}

/** `batch-size`, `batch_size` and `batchSize` are one. */
function inOneSpelling(name: string): string {
  return name.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
