import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '@earlyexit/core/node';
import type { StagedExport } from './export-staged';
import { requireOwnFolder } from './folder/require-own-folder';
import type { FolderExport } from './folder/build-folder';

/** A file that was written. */
export interface WrittenFile {
  /** Its path in the folder. */
  readonly file: string;
  readonly bytes: number;
}

/** What `exportStaged` names its files, now and before. */
const STAGE_FILE = /^stage\d+(-[0-9a-f]{16})?\.onnx$/;

/**
 * Writes the result of `exportStaged` or `exportFolder` into a folder, which is created if necessary. An earlier export
 * stays whole until the new one is complete.
 *
 * @param options.force whether a model folder may be written into a folder that holds something else; false unless given
 * @throws DataError if a model folder is to be written over something else; EnvironmentError if it cannot be written
 */
export async function writeExport(
  directory: string,
  exported: StagedExport | FolderExport,
  { force = false }: { readonly force?: boolean } = {},
): Promise<WrittenFile[]> {
  const isStaged = 'manifest' in exported;
  if (!isStaged && !force) await requireOwnFolder(directory);
  const files: [name: string, content: string | Uint8Array][] = [...exported.files];
  // Last, so that a manifest never names a file that is not there.
  if (isStaged) files.push(['manifest.json', `${JSON.stringify(exported.manifest, null, 2)}\n`]);
  for (const [name, content] of files) await writeWholeFile(join(directory, name), content);
  if (isStaged) await removeOldStages(directory, exported);
  return files.map(([file, content]) => ({ file, bytes: Buffer.byteLength(content) }));
}

/** To be called after the new manifest is written: only then are the stages of an older export unused. */
async function removeOldStages(directory: string, { files }: StagedExport): Promise<void> {
  const left = (await readdir(directory)).filter((name) => STAGE_FILE.test(name) && !files.has(name));
  await Promise.all(left.map((name) => rm(join(directory, name), { force: true })));
}
