import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from 'tar-stream';
import { onTestFinished } from 'vitest';

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-datasets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A real data file that is too large for the repository, or `null` where it is not at hand. */
export function sharedData(name: string): string | null {
  const folder =
    process.env['EARLYEXIT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}

/** Why a test is skipped where `sharedData` has nothing. */
export function withoutData(name: string): string {
  return `${name} is not here: set EARLYEXIT_DATA to its folder`;
}

/** A tar archive of the given files; names that end in a slash become folders. */
export async function tarOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) archive.entry({ name, type: 'directory' });
    else archive.entry({ name }, Buffer.from(content));
  }
  archive.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of archive as AsyncIterable<Uint8Array>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** An IDX file of unsigned bytes. */
export function idxFile(sizes: readonly number[], values: Iterable<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(0x0800 + sizes.length, 0);
  sizes.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  return Buffer.concat([header, Buffer.from(Uint8Array.from(values))]);
}

/** CIFAR-10 records: `records` labels, each with planes of constant red, green and blue. */
export function cifarRecords(
  records: readonly (readonly [label: number, red: number, green: number, blue: number])[],
): Buffer {
  return Buffer.concat(
    records.map(([label, ...colours]) =>
      Buffer.concat([Buffer.of(label), ...colours.map((byte) => Buffer.alloc(1_024, byte))]),
    ),
  );
}

/** The message and class of the error that a promise is rejected with. */
export async function failure(promise: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message };
    throw error;
  }
  throw new Error('nothing was thrown');
}
