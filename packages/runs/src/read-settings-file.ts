import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataError } from '@earlyexit/core';
import { readWholeFile } from '@earlyexit/core/node';
import { isMap, isNode, isScalar, parseDocument } from 'yaml';

// A run's own config.json takes a few kilobytes; the parser of YAML, which hears no signal, takes seconds for a megabyte.
const LARGEST_BYTES = 2 ** 16;

/**
 * The settings in a YAML or JSON file, by the names that it gives them and each as often as it stands there; of the
 * `config.json` of a run its options.
 *
 * @throws DataError if the file cannot be read or is no list of settings
 */
export async function readSettingsFile(
  path: string,
  signal?: AbortSignal,
): Promise<(readonly [string, unknown])[]> {
  const bytes = await readWholeFile(path, { size: LARGEST_BYTES, signal });
  const entries = readEntries(Buffer.from(bytes).toString('utf8'), path);
  // An interruption that came while the parser held the thread is heard now.
  await nextTurn();
  signal?.throwIfAborted();
  return entries;
}

function readEntries(content: string, path: string): (readonly [string, unknown])[] {
  // That keys are unique the parser would see by comparing each with each.
  const document = parseDocument(content, { uniqueKeys: false });
  const entriesOf = (node: unknown): (readonly [string, unknown])[] => {
    if (!isMap(node)) {
      const received = content.trim() === '' ? 'an empty file' : JSON.stringify(node).slice(0, 80);
      throw new DataError({
        where: path,
        rule: 'a configuration is a list of options and their values, such as `epochs: 10`',
        received,
      });
    }
    return node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), value]);
  };
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [received = ''] = broken.message.split('\n');
    throw new DataError({ where: path, rule: 'it is neither YAML nor JSON', received, cause: broken });
  }
  const entries = entriesOf(document.contents);
  const nodes = new Map(entries);
  const format = nodes.get('format');
  const isRun = isScalar(format) && format.value === 'earlyexit-run';
  const chosen = isRun ? (nodes.has('options') ? entriesOf(nodes.get('options')) : []) : entries;
  return chosen.map(([key, node]) => [key, isNode(node) ? node.toJS(document) : node]);
}
