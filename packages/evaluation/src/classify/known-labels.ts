import { basename } from 'node:path';
import { DataError } from '@earlyexit/core';
import { readWholeFile } from '@earlyexit/core/node';

const LARGEST_BYTES = 64 * 2 ** 20;

/** The true class of an image, by its path or its name; null if it is not listed. */
export type KnownLabels = (input: string) => number | null;

/**
 * Reads a CSV of `image,class`, one line per image: the image's path as given, or only its file name; the class by its
 * name or number. A first line that names the columns is skipped.
 *
 * @throws DataError for a file that cannot be read, a line without both, or a class that the network does not know
 */
export async function readLabels(path: string, classes: readonly string[]): Promise<KnownLabels> {
  const text = Buffer.from(await readWholeFile(path, { size: LARGEST_BYTES })).toString('utf8');
  const known = new Map<string, number>();
  const lines = text.split(/\r?\n/);
  lines.forEach((line, i) => {
    if (line.trim() === '' || (i === 0 && /^"?(image|input|file|path)"?,/i.test(line))) return;
    const comma = line.lastIndexOf(',');
    const [image = '', word = ''] = [line.slice(0, comma), line.slice(comma + 1)].map(unquote);
    const named = classes.indexOf(word);
    const label = named >= 0 ? named : /^\d+$/.test(word) ? Number(word) : -1;
    if (comma < 1 || label < 0 || label >= classes.length) {
      throw new DataError({
        where: `${path}, line ${String(i + 1)}`,
        rule: 'it is an image and its class, with a comma between; a class by its name or its number',
        received: line,
        remedy: `Classes are ${classes.slice(0, 5).join(', ')}${classes.length > 5 ? ', …' : ''}`,
      });
    }
    known.set(image, label);
  });
  return (input) => known.get(input) ?? known.get(basename(input)) ?? null;
}

function unquote(cell: string): string {
  const text = cell.trim();
  return /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}
