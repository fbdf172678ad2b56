import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@earlyexit/core';

// Every mark of ours stands near the beginning of a file.
const LOOKED_AT = 65_536;

/** What a file that earlyexit wrote begins with, by kind. */
const marks = {
  // The producer of an ONNX file is its second field.
  onnx: (start: Buffer) => start.subarray(0, 64).includes('earlyexit'),
  report: (start: Buffer) => start.includes('<meta name="generator" content="earlyexit'),
  curve: (start: Buffer) =>
    (start.toString('utf8').split('\n')[0] ?? '').endsWith('accuracy,averageMacs,share'),
  logits: (start: Buffer) => start.includes('earlyexit-logits'),
  manifest: (start: Buffer) => start.includes('"stages"'),
} as const;

/** A kind of file that a command writes. */
export type OwnFile = keyof typeof marks;

/**
 * Refuses to write over a file that earlyexit did not write as the same kind of file: `export RUN photo.jpg` would
 * otherwise replace the photo.
 *
 * @param force write over it all the same
 * @throws DataError
 */
export async function requireReplaceable(path: string, kind: OwnFile, force = false): Promise<void> {
  if (force || (await isOwnOrAbsent(path, kind))) return;
  throw new DataError({
    where: path,
    rule: 'a file that earlyexit did not write is not replaced',
    received: 'another file of this name',
    remedy: 'Name another place, or add --force to write over it',
  });
}

/** The same for the folder of `export --folder`, whose graph tells whose it is. */
export async function requireReplaceableFolder(path: string, force = false): Promise<void> {
  const graph = join(path, 'onnx', 'model.onnx');
  if (force || ((await exists(graph)) && (await isOwnOrAbsent(graph, 'onnx')))) return;
  for (const name of ['README.md', 'config.json', 'preprocessor_config.json', join('onnx', 'model.onnx')]) {
    if (!(await exists(join(path, name)))) continue;
    throw new DataError({
      where: path,
      rule: 'a folder that earlyexit did not export is not written over',
      received: `a folder with ${name}`,
      remedy: 'Name another place, or add --force to write over it',
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** A file that is empty holds nothing to lose. */
async function isOwnOrAbsent(path: string, kind: OwnFile): Promise<boolean> {
  const status = await stat(path).catch(() => null);
  if (status === null || !status.isFile() || status.size === 0) return true;
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, 0);
    return marks[kind](buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
