import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { httpGet } from './http-get';

/** An answer of the server that another attempt will not change. */
export class FinalAnswer extends Error {}

/**
 * Appends the rest of a file to what is there; returns once the server has sent all of it.
 *
 * @throws FinalAnswer if another attempt is useless; Error if the connection breaks; the signal's reason if aborted
 */
export async function fetchRest(
  address: string,
  file: FileHandle,
  {
    signal,
    silenceMs,
    onBytes,
  }: {
    readonly signal: AbortSignal | undefined;
    /** Silence after which the connection counts as broken. */
    readonly silenceMs: number;
    readonly onBytes: (done: number, total: number | null) => void;
  },
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new Error(`nothing came for ${silenceMs / 1_000} s`));
  }, silenceMs);
  try {
    let done = (await file.stat()).size;
    const response = await httpGet(address, {
      headers: done > 0 ? { range: `bytes=${done}-` } : {},
      signal: signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]),
    });
    const status = response.statusCode ?? 0;
    if (status !== 200 && status !== 206) {
      response.destroy();
      // The server has nothing beyond what we have; the checksum shows whether that is the whole file.
      if (status === 416 && done > 0) return;
      const answer = `the server answered ${status} ${response.statusMessage ?? ''}`.trimEnd();
      // 408, 429 and 5xx may pass; other refusals are final.
      throw status >= 500 || status === 408 || status === 429 ? new Error(answer) : new FinalAnswer(answer);
    }
    if (status === 200 || contentStart(response) !== done) {
      await file.truncate(0);
      done = 0;
      if (status === 206) {
        response.destroy();
        throw new Error('the server sent another part of the file than was asked for');
      }
    }
    const length = response.headers['content-length'];
    const total = length === undefined ? null : done + Number(length);
    onBytes(done, total);
    for await (const piece of response as AsyncIterable<Uint8Array>) {
      timer.refresh();
      // Written at its position instead of appended, because a second process fetching the same file writes the same
      // bytes there.
      await file.write(piece, 0, piece.length, done);
      done += piece.length;
      onBytes(done, total);
    }
    if (total !== null && done < total) throw new Error(`the connection ended at ${done} of ${total} bytes`);
    await file.sync();
  } catch (error) {
    throw silence.signal.aborted ? silence.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function contentStart(response: IncomingMessage): number | null {
  const match = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '');
  return match === null ? null : Number(match[1]);
}
