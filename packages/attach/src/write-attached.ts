import { basename, resolve } from 'node:path';
import { writeWholeFile } from '@earlyexit/core/node';
import { writeExport, type WrittenFile } from '@earlyexit/onnx/foreign-node';
import type { ExitsReport } from './exits-report';
import type { AttachedFile } from './finish-attached';

/** Where a file goes, and what else is written of the same network. */
export interface AttachedPlaces {
  /** The conditional file. */
  readonly out: string;
  /** The network alone, for `bench`; nowhere unless given. */
  readonly static?: string | undefined;
  /** A folder for one file a stage; nowhere unless given. */
  readonly staged?: string | undefined;
  /** A model folder in the hub's layout; nowhere unless given. */
  readonly folder?: string | undefined;
  /** Whether a model folder may be written into a folder that holds something else; false unless given. */
  readonly force?: boolean | undefined;
}

/** What was written, and what it did on images that nothing was chosen by. */
export interface WrittenAttached extends ExitsReport {
  readonly file: string;
  readonly bytes: number;
  readonly staged?: { readonly folder: string; readonly files: readonly WrittenFile[] };
  readonly modelFolder?: { readonly folder: string; readonly files: readonly WrittenFile[] };
}

/**
 * Writes what `attachToOnnx` or `cascadeOnnx` made, each file whole or not at all. Files of before are replaced.
 *
 * @throws DataError if a model folder is to be written over something else; EnvironmentError if it cannot be written
 */
export async function writeAttached(
  { file, report, withoutExits, stages, folder: modelFolder }: AttachedFile,
  { out, static: plain, staged, folder, force = false }: AttachedPlaces,
): Promise<WrittenAttached> {
  await writeWholeFile(out, file);
  if (plain !== undefined) await writeWholeFile(plain, await withoutExits());
  const staging = staged === undefined ? null : await writeExport(staged, await stages());
  const named =
    folder === undefined
      ? null
      : await writeExport(folder, await modelFolder(basename(resolve(folder))), { force });
  return {
    ...{ file: out, bytes: file.length, ...report },
    ...(staging && { staged: { folder: staged!, files: staging } }),
    ...(named && { modelFolder: { folder: folder!, files: named } }),
  };
}
