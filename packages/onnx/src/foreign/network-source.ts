import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { DataError } from '@earlyexit/core';
import { explainRead, openRegularFile, readInto, readWholeFile, refuseLarge } from '@earlyexit/core/node';
import type { ReadExternal } from './foreign-file';

/** A classifier in ONNX: the path of its file, or the file itself. */
export type NetworkSource = string | Uint8Array;

/** Protobuf itself ends at 2 GiB. */
const LARGEST_FILE_BYTES = 2 ** 31 - 1;

/** A file that was read, and how to read what lies beside it. */
export interface ReadNetwork {
  readonly bytes: Uint8Array;
  /** The file's name, for errors and for the network's own. */
  readonly where: string;
  readonly readExternal: ReadExternal | null;
}

/**
 * Reads the file of a classifier whole.
 *
 * @throws DataError if it cannot be read
 */
export async function readNetwork(
  source: NetworkSource,
  signal: AbortSignal | undefined,
): Promise<ReadNetwork> {
  if (typeof source !== 'string') return { bytes: source, where: 'ONNX file', readExternal: null };
  const bytes = await readWholeFile(source, { size: LARGEST_FILE_BYTES, signal });
  return { bytes, where: basename(source), readExternal: externalReader(source, signal) };
}

/** Reads files in the folder of a model, and none outside of it, whatever links lead there. */
function externalReader(model: string, signal: AbortSignal | undefined): ReadExternal {
  return async (location, offset, length) => {
    const refuse = (received: string): never => {
      throw new DataError({
        where: model,
        rule: 'weights outside the file lie in its own folder',
        received,
        remedy: 'Put the file with the weights beside the model',
      });
    };
    if (isAbsolute(location) || location.split(/[\\/]/).includes('..')) refuse(location);
    const folder = await realpath(dirname(model));
    const path = await realpath(join(folder, location)).catch(() =>
      refuse(`${location}, which is not there`),
    );
    const inside = relative(folder, path);
    if (inside.startsWith(`..${sep}`) || inside === '..' || isAbsolute(inside))
      refuse(`${location}, a link out of it`);
    const { file, size } = await openRegularFile(path);
    try {
      const wanted = length ?? size - offset;
      if (offset + wanted > size || wanted < 0)
        refuse(`${location} of ${size} bytes, ${offset} + ${wanted} wanted`);
      refuseLarge(wanted, LARGEST_FILE_BYTES, path);
      const bytes = new Uint8Array(wanted);
      const read = await readInto(bytes, file, { from: offset, signal });
      if (read < wanted) refuse(`${location}, which has become shorter: ${offset} + ${read} bytes`);
      return bytes;
    } catch (error) {
      throw explainRead(error, path);
    } finally {
      await file.close();
    }
  };
}
