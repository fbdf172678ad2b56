import { basename } from 'node:path';

/** What a word says of a model to serve. */
export interface ServedName {
  readonly model: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Reads `MODEL`, `NAME=MODEL` or `NAME:VERSION=MODEL`. Without a name a model is called as its file or folder, as far as
 * that can be part of an address; without a version it is version 1.
 */
export function parseServedName(word: string): ServedName {
  const named = /^([\w.-]+)(?::([\w.-]+))?=(.+)$/s.exec(word);
  if (named !== null) return { name: named[1]!, version: named[2] ?? '1', model: named[3]! };
  const name = basename(word)
    .replace(/\.onnx$/i, '')
    .replaceAll(/[^\w.-]+/g, '-');
  return { model: word, name: /^\w/.test(name) ? name : 'model', version: '1' };
}
