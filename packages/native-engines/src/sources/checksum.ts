import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** The digest of a file, read in pieces. */
export async function digestOf(
  path: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  return hash.digest(encoding);
}

/** Whether a file is there and has this SHA-256. */
export async function hasSha256(path: string, expected: string): Promise<boolean> {
  return existsSync(path) && (await digestOf(path, 'sha256', 'hex')) === expected;
}
