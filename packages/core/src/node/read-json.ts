import { join } from 'node:path';
import { describeValue } from '../describe-value';
import { DataError } from '../errors/data-error';
import { readFileWithin } from './read-file-within';
import { readWholeFile, refuseLarge } from './read-whole-file';

// The JSON of ResNet-110 takes 0.3 MB, the record of a training of a thousand epochs 1 MB.
const LARGEST_JSON_BYTES = 64 * 1024 * 1024;
// A layer of a saved model is some ten levels deep; recursion over a file's content must have a limit.
const DEEPEST_JSON = 64;

/**
 * Reads a JSON object from a file directly in a folder; see `readFileWithin`.
 *
 * @throws DataError if the file cannot be read, takes more than 64 MiB, is not a JSON object, or is nested more than 64
 * deep.
 */
export async function readJsonWithin(
  directory: string,
  name: string,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  return parseJsonObject(
    await readFileWithin(directory, name, refuseLargeJson, signal),
    join(directory, name),
  );
}

/**
 * Reads a JSON object from a file; see `readWholeFile`.
 *
 * @throws DataError as `readJsonWithin` does
 */
export async function readJsonFile(path: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
  return parseJsonObject(await readWholeFile(path, { size: refuseLargeJson, signal }), path);
}

/** @throws DataError for more bytes than any JSON of ours takes, 64 MiB */
export function refuseLargeJson(bytes: number, where: string): void {
  refuseLarge(bytes, LARGEST_JSON_BYTES, where);
}

/**
 * Parses a JSON object from an untrusted file.
 *
 * @throws DataError if it is not one, or nested more than 64 deep
 */
export function parseJsonObject(bytes: Uint8Array, where: string): Record<string, unknown> {
  let json: unknown;
  if (isDeeperThan(bytes, DEEPEST_JSON)) {
    throw new DataError({
      where,
      rule: `the file is nested at most ${String(DEEPEST_JSON)} deep`,
      received: 'more',
    });
  }
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DataError({
      where,
      rule: 'the file is JSON',
      received:
        bytes.length === 0 ? 'an empty file' : `${String(bytes.length)} bytes that are not, or are cut`,
      remedy: 'Copy or save it again',
      cause,
    });
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as Record<string, unknown>;
  throw new DataError({ where, rule: 'the file holds a JSON object', received: describeValue(json) });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** How much each of the brackets `[`, `{`, `]` and `}` changes the depth. */
const DEPTH_CHANGES: Readonly<Record<number, number>> = { 0x5b: 1, 0x7b: 1, 0x5d: -1, 0x7d: -1 };

/** Whether the brackets of a JSON text are nested more deeply than that; those in strings do not count. */
function isDeeperThan(json: Uint8Array, limit: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === QUOTE) isText = !isText;
    else if (isText) {
      if (byte === BACKSLASH) at++;
    } else {
      depth += DEPTH_CHANGES[byte] ?? 0;
      if (depth > limit) return true;
    }
  }
  return false;
}
