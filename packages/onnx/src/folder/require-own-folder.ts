import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@earlyexit/core';
import { errorCode, kindOfPath, openRegularFile, readJsonFile } from '@earlyexit/core/node';

/** Every export writes its graph first and its `config.json` last. */
const GRAPHS = ['onnx/model.onnx', 'onnx/model_quantized.onnx'];

/**
 * Makes sure that a folder is new, empty, or holds an earlier export, possibly an interrupted one: in any other folder
 * the export could replace somebody's `README.md` or `config.json`.
 *
 * @throws DataError if it is a file or holds something else
 */
export async function requireOwnFolder(directory: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw new DataError({
      where: directory,
      rule: 'a model folder can be written here',
      received: errorCode(error) === 'ENOTDIR' ? 'a file' : String(errorCode(error)),
      cause: error,
    });
  }
  if (names.length === 0 || (await isOwn(directory))) return;
  throw new DataError({
    where: directory,
    rule: 'the folder is new, empty, or holds an earlier export',
    received: `a folder with ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
    remedy: 'Name another folder',
  });
}

async function isOwn(directory: string): Promise<boolean> {
  const path = join(directory, 'config.json');
  if ((await kindOfPath(path)) !== null) {
    const config = await readJsonFile(path).catch(() => null);
    const own = config?.['earlyexit'] as { readonly format?: unknown } | undefined;
    return own?.format === 'earlyexit-folder';
  }
  for (const graph of GRAPHS) if (await isOwnGraph(join(directory, graph))) return true;
  return false;
}

/** Whether an ONNX file is ours: our files begin with the version of the format and the name of the producer. */
async function isOwnGraph(path: string): Promise<boolean> {
  if ((await kindOfPath(path)) !== 'file') return false;
  const { file } = await openRegularFile(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
    return buffer[0] === 0x08 && buffer.toString('latin1', 2).startsWith('\x12\x09earlyexit');
  } finally {
    await file.close();
  }
}
