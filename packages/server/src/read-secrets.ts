import { ArgumentError } from '@earlyexit/core';
import { readWholeFile } from '@earlyexit/core/node';
import type { ServerOptions } from './server-options';

/** Where a server's secrets lie: files, so that no list of processes shows them. */
export interface SecretFiles {
  /** A file with the token that requests have to bring. */
  readonly tokenFile?: string | undefined;
  /** Certificate and key in PEM; both, or none. */
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LARGEST_BYTES = 65_536;

/**
 * Reads what `createServer` takes as `token` and `tls` from files.
 *
 * @throws ArgumentError for a certificate without its key, or a token that is none; DataError for a file that cannot be
 *   read
 */
export async function readSecrets({
  tokenFile,
  tlsCert,
  tlsKey,
  signal,
}: SecretFiles): Promise<Pick<ServerOptions, 'token' | 'tls'>> {
  const read = async (path: string): Promise<Buffer> =>
    Buffer.from(await readWholeFile(path, { size: LARGEST_BYTES, signal }));
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new ArgumentError({
      ...{ function: 'readSecrets', argument: tlsCert === undefined ? 'tlsCert' : 'tlsKey' },
      rule: 'HTTPS needs a certificate and its key',
      received: 'only one of them',
    });
  }
  const token = tokenFile === undefined ? undefined : (await read(tokenFile)).toString('utf8').trim();
  if (token !== undefined && !/^[\x21-\x7e]{8,}$/.test(token)) {
    throw new ArgumentError({
      ...{ function: 'readSecrets', argument: 'tokenFile' },
      rule: 'the file holds one word of at least 8 letters, digits and signs',
      received: `${token.length} characters`,
    });
  }
  const tls =
    tlsCert === undefined || tlsKey === undefined
      ? undefined
      : { cert: await read(tlsCert), key: await read(tlsKey) };
  return { token, tls };
}
