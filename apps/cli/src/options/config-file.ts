import { setImmediate as nextTurn } from 'node:timers/promises';
import { ArgumentError, DataError, nearestName } from '@earlyexit/core';
import { readWholeFile } from '@earlyexit/core/node';
import { isMap, isScalar, parseDocument } from 'yaml';
import type { GivenOptions, OptionDeclarations } from './declare-option';
import { checkOptions } from './read-options';

// A run's own config.json takes a few kilobytes; the parser of YAML, which hears no signal, takes seconds for a megabyte.
const LARGEST_CONFIG_BYTES = 2 ** 16;
// Enough to see what kind of file it is.
const KEYS_SHOWN = 3;

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
  const bytes = await readWholeFile(path, { size: LARGEST_CONFIG_BYTES, signal });
  const content = Buffer.from(bytes).toString('utf8');
  const entries = readEntries(content, path);
  // An interruption that came while the parser held the thread is heard now.
  await nextTurn();
  signal?.throwIfAborted();
  const format = entries.get('format');
  if (format !== 'earlyexit-run') return checkSettings(entries, options, path);
  return checkSettings(entriesOf(entries.get('options') ?? {}, path), options, path);
}

/**
 * Checks settings that come from a file.
 *
 * @param path what errors call the file
 * @throws ArgumentError for keys that are no options, an option that is given twice, and a wrong value
 */
export function checkSettings<Declarations extends OptionDeclarations>(
  entries: ReadonlyMap<string, unknown>,
  options: Declarations,
  path: string,
): GivenOptions<Declarations> {
  const keys = keysOf(options);
  const given = new Map<string, unknown>();
  const unknown: string[] = [];
  for (const [written, value] of entries) {
    const key = keys.get(inOneSpelling(written));
    if (key === undefined) unknown.push(written);
    // `epochs:` with nothing behind it leaves the option out.
    else if (value !== null) {
      if (given.has(key)) {
        throw new ArgumentError({
          where: path,
          rule: 'an option is given once',
          received: `${key} in two spellings, one of them ${written}`,
          remedy: 'Leave one of them out',
        });
      }
      given.set(key, value);
    }
  }
  if (unknown.length > 0) throw unknownKeys(unknown, [...new Set(keys.values())], path);
  return checkOptions(options, Object.fromEntries(given), (key) => `${path}, ${key}`);
}

function unknownKeys(unknown: readonly string[], known: readonly string[], path: string): ArgumentError {
  const [first = ''] = unknown;
  const near = nearestName(inOneSpelling(first), known);
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

/** The entries of a document that is a map. */
function readEntries(content: string, path: string): Map<string, unknown> {
  let value: unknown;
  try {
    // That keys are unique the parser would see by comparing each with each.
    const document = parseDocument(content, { uniqueKeys: false });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    if (isMap(document.contents)) requireUnique(document.contents.items, path);
    value = document.toJS({ mapAsMap: true });
  } catch (cause) {
    if (ArgumentError.is(cause)) throw cause;
    const [line = ''] = (cause as Error).message.split('\n');
    throw new DataError({ where: path, rule: 'it is neither YAML nor JSON', received: line, cause });
  }
  if (value === null && content.trim() === '') throw notOptions('an empty file', path);
  return entriesOf(value, path);
}

function requireUnique(items: readonly { readonly key: unknown }[], path: string): void {
  const seen = new Set<string>();
  for (const { key } of items) {
    const name = isScalar(key) ? String(key.value) : String(key);
    if (seen.has(name)) {
      throw new ArgumentError({
        where: path,
        rule: 'an option is given once',
        received: `${name} twice`,
        remedy: 'Leave one of them out',
      });
    }
    seen.add(name);
  }
}

function entriesOf(value: unknown, path: string): Map<string, unknown> {
  if (!(value instanceof Map)) throw notOptions(JSON.stringify(value).slice(0, 80), path);
  return new Map([...(value as Map<unknown, unknown>)].map(([key, each]) => [String(key), each]));
}

function notOptions(received: string, path: string): DataError {
  return new DataError({
    where: path,
    rule: 'a configuration is a list of options and their values, such as `epochs: 10`',
    received,
  });
}
