import { DataError } from '@earlyexit/core';
import { checkStage } from '../check/check-model';
import { type OnnxFileMetadata, readStageMetadata } from '../read-metadata';
import { readSource, toUrl } from '../read-source';
import {
  checkManifest,
  MANIFEST_FILE,
  parseManifest,
  type StagedFile,
  type StagedManifest,
} from './manifest';

/**
 * Where a staged export comes from: the path or the URL of its `manifest.json` (in Node also of its folder), or the
 * result of `exportStaged`.
 */
export type StagedSource =
  string | URL | { readonly manifest: object; readonly files: ReadonlyMap<string, Uint8Array> };

/** A staged export, read and checked. */
export interface StagedContent {
  readonly manifest: StagedManifest;
  readonly dtype: OnnxFileMetadata['dtype'];
  /** One per stage. */
  readonly files: readonly { readonly bytes: Uint8Array; readonly where: string }[];
}

/**
 * Reads a manifest and the files that it names, which lie beside it.
 *
 * @throws DataError if a file is missing, damaged, of another network, or not what `exportStaged` writes
 */
export async function readStaged(
  source: StagedSource,
  signal: AbortSignal | undefined,
): Promise<StagedContent> {
  const { manifest, read } = await openSource(source, signal);
  const files: { bytes: Uint8Array; where: string }[] = [];
  let dtype: OnnxFileMetadata['dtype'] = 'float32';
  for (const [index, stage] of manifest.stages.entries()) {
    signal?.throwIfAborted();
    const file = await read(stage.file);
    dtype = await checkFile(file, stage, index, manifest);
    files.push(file);
  }
  return { manifest, dtype, files };
}

type ReadFile = (name: string) => Promise<{ readonly bytes: Uint8Array; readonly where: string }>;

async function openSource(
  source: StagedSource,
  signal: AbortSignal | undefined,
): Promise<{ readonly manifest: StagedManifest; readonly read: ReadFile }> {
  if (typeof source !== 'string' && !(source instanceof URL)) {
    const { files } = source;
    return {
      manifest: await checkManifest(source.manifest, 'manifest'),
      read: (name) => {
        const bytes = files.get(name);
        return bytes === undefined ? Promise.reject(missing(name)) : Promise.resolve({ bytes, where: name });
      },
    };
  }
  const url = toUrl(source);
  if (url === null || url.protocol === 'file:') return openFolder(url ?? String(source), signal);
  const { bytes, where } = await readSource(url, signal);
  return {
    manifest: await parseManifest(bytes, where),
    read: (name) => readSource(new URL(name, url), signal),
  };
}

/** A folder on disk; links that lead out of it are not followed. */
async function openFolder(
  source: string | URL,
  signal: AbortSignal | undefined,
): Promise<{ readonly manifest: StagedManifest; readonly read: ReadFile }> {
  const fs = process.getBuiltinModule('node:fs/promises');
  const { dirname, join } = process.getBuiltinModule('node:path');
  const path = source instanceof URL ? process.getBuiltinModule('node:url').fileURLToPath(source) : source;
  const isFolder = await fs.stat(path).then(
    (status) => status.isDirectory(),
    () => false,
  );
  const manifestPath = isFolder ? join(path, MANIFEST_FILE) : path;
  const folder = dirname(manifestPath);
  const { bytes, where } = await readSource(manifestPath, signal);
  return {
    manifest: await parseManifest(bytes, where),
    async read(name) {
      const file = join(folder, name);
      const [real, status] = await Promise.all([fs.realpath(file), fs.stat(file)]).catch((cause: unknown) => {
        throw missing(file, cause);
      });
      if (dirname(real) === (await fs.realpath(folder)) && status.isFile()) return readSource(file, signal);
      throw new DataError({
        where: file,
        rule: 'a stage is a file beside its manifest',
        received: status.isFile() ? `a link to ${real}` : 'none',
      });
    },
  };
}

function missing(where: string, cause?: unknown): DataError {
  return new DataError({
    where,
    rule: 'every stage lies beside its manifest',
    received: cause instanceof Error ? cause.message : 'nothing',
    remedy: 'Copy the whole folder, or export it again',
    cause,
  });
}

async function checkFile(
  { bytes, where }: { readonly bytes: Uint8Array; readonly where: string },
  stage: StagedFile,
  index: number,
  { network, inputShape }: StagedManifest,
): Promise<OnnxFileMetadata['dtype']> {
  const metadata = await readStageMetadata(bytes, where);
  const ending = new TextDecoder().decode(bytes.subarray(-64));
  const isIts =
    bytes.length === stage.bytes &&
    (stage.sha256 === undefined || ending === stage.sha256) &&
    metadata.stage === index &&
    metadata.inputShape.join() === inputShape.join() &&
    metadata.network.name === network.name &&
    metadata.network.classes.length === network.classes.length &&
    metadata.network.exits.length === network.exits.length;
  if (!isIts) {
    throw new DataError({
      where,
      rule: `it is stage ${index} of ${network.name}, the file that the manifest describes`,
      received: `stage ${metadata.stage} of ${metadata.network.name}, ${bytes.length} bytes`,
      remedy: 'The files are of several exports: export the network again',
    });
  }
  const { origin } = metadata;
  const classes = network.classes.length;
  checkStage(bytes, { ...stage, classes, ...(origin !== undefined && { origin }) }, where);
  return (metadata as { dtype?: 'int8' }).dtype ?? 'float32';
}
