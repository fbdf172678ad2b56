import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError } from '@earlyexit/core';
import { downloadVerified, errorCode, readWholeFile } from '@earlyexit/core/node';
import { readArchive } from '../files/archive';
import { cachePath } from '../files/cache-folder';
import {
  CIFAR_IMAGE_SHAPE,
  type CifarFile,
  type CifarLayout,
  parseCifarFile,
  parseClassNames,
} from './cifar-layout';
import type { DataSource, OpenOptions } from '../data-source';
import { createMemoryImageSet } from '../image-set/memory-image-set';
import { pathKind } from '../files/require-path';

// The official archives unpack to 176 MiB; anything far larger is something else.
const MAX_BYTES = 512 * 2 ** 20;

type NamedFiles = ReadonlyMap<string, Uint8Array>;

function wantedNames(layout: CifarLayout): string[] {
  return [...layout.trainFiles, layout.testFile, layout.classesFile];
}

async function readFromArchive(path: string, layout: CifarLayout, options: OpenOptions): Promise<NamedFiles> {
  const wanted = new Set(wantedNames(layout));
  const files = new Map<string, Uint8Array>();
  let others = 0;
  const isWanted = (name: string) => {
    if (wanted.has(basename(name))) return true;
    others += 1;
    return false;
  };
  const { onProgress, signal } = options;
  for await (const file of readArchive(path, { wanted: isWanted, maxBytes: MAX_BYTES, onProgress, signal })) {
    files.set(basename(file.name), file.bytes);
  }
  if (files.size === 0) {
    throw new DataError({
      where: path,
      rule: `the archive holds the binary version of ${layout.name} (${layout.folder}/${layout.trainFiles[0]!} …)`,
      received: `an archive of ${others} other files`,
      remedy: `The right one is ${layout.address}`,
    });
  }
  return files;
}

async function readFromFolder(
  folder: string,
  layout: CifarLayout,
  options: OpenOptions,
): Promise<NamedFiles> {
  const files = new Map<string, Uint8Array>();
  for (const name of wantedNames(layout)) {
    const path = join(folder, name);
    try {
      files.set(name, await readWholeFile(path, { size: MAX_BYTES, signal: options.signal }));
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  return files;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Finds the data in the folder named, the one above it, or an archive. */
async function readNamedPlace(path: string, layout: CifarLayout, options: OpenOptions): Promise<NamedFiles> {
  if ((await pathKind(path, `${layout.archive} or of the folder ${layout.folder}`)) === 'file') {
    return readFromArchive(path, layout, options);
  }
  for (const folder of [join(path, layout.folder), path]) {
    const present = await Promise.all(wantedNames(layout).map((name) => exists(join(folder, name))));
    if (present.includes(true)) return readFromFolder(folder, layout, options);
  }
  if (await exists(join(path, layout.archive)))
    return readFromArchive(join(path, layout.archive), layout, options);
  throw new DataError({
    where: path,
    rule: `a folder with ${layout.folder}/ (the binary version of ${layout.name}) or with ${layout.archive} is expected`,
    remedy: `The archive is at ${layout.address}`,
  });
}

function buildSource(files: NamedFiles, layout: CifarLayout, place: string): DataSource {
  const missing = wantedNames(layout).filter((name) => !files.has(name));
  if (missing.length > 0) {
    throw new DataError({
      where: place,
      rule: `the binary version of ${layout.name} is complete`,
      received: `no ${missing.join(', no ')}`,
      remedy: `The whole archive is at ${layout.address}`,
    });
  }
  const classesText = new TextDecoder().decode(files.get(layout.classesFile));
  const classes = parseClassNames(classesText, layout, `${place}: ${layout.classesFile}`);
  const set = (name: string, fileNames: readonly string[]) => {
    const chunks: CifarFile[] = fileNames.map((file) =>
      parseCifarFile(files.get(file)!, layout, `${place}: ${file}`),
    );
    const labels = Int32Array.from(chunks.flatMap((chunk) => [...chunk.labels]));
    return createMemoryImageSet({ name, chunks, labels, imageShape: CIFAR_IMAGE_SHAPE });
  };
  return {
    name: layout.name,
    classes,
    imageShape: CIFAR_IMAGE_SHAPE,
    mean: layout.mean,
    standardDeviation: layout.standardDeviation,
    train: set('train', layout.trainFiles),
    test: set('test', [layout.testFile]),
  };
}

/**
 * Opens a CIFAR data set, held as bytes (184 MB for CIFAR-10).
 *
 * A folder or archive named by `dataDir` is checked for its structure (record size, labels, class names), not for
 * the official checksum. Without `dataDir`, the official archive is downloaded once into the user's cache folder.
 */
export async function openCifar(layout: CifarLayout, options: OpenOptions): Promise<DataSource> {
  if (options.dataDir !== undefined) {
    return buildSource(await readNamedPlace(options.dataDir, layout, options), layout, options.dataDir);
  }
  const archive = await downloadVerified({
    address: layout.address,
    checksum: { algorithm: 'md5', hex: layout.md5 },
    path: cachePath(layout.archive),
    allowed: options.download,
    where: layout.name,
    otherwise: `get ${layout.address} on another machine and open it from there (dataDir)`,
    otherFolder: 'set EARLYEXIT_CACHE to a folder of yours',
    onProgress: options.onProgress,
    signal: options.signal,
  });
  return buildSource(await readFromArchive(archive, layout, options), layout, archive);
}
