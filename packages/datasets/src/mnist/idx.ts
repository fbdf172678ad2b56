import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError } from '@earlyexit/core';
import { errorCode, readWholeFile } from '@earlyexit/core/node';

/** Images of an IDX file. */
export interface IdxImages {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** `[count, height, width]` */
  readonly bytes: Uint8Array;
}

// The magic number of an IDX file: two zero bytes, the type (8: unsigned byte), the number of dimensions.
const LABELS_MAGIC = 0x0000_0801;
const IMAGES_MAGIC = 0x0000_0803;

// The largest file of the MNIST family (EMNIST byclass) unpacks to 550 MB; more is no data set but an accident.
const MAX_UNPACKED_BYTES = 2 ** 30;

async function readPossiblyGzipped(path: string, signal: AbortSignal | undefined): Promise<Buffer> {
  const { buffer } = await readWholeFile(path, { size: MAX_UNPACKED_BYTES, signal });
  const bytes = Buffer.from(buffer);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (cause) {
    throw new DataError({
      where: path,
      rule: 'the gzip stream is damaged or cut short',
      remedy: 'Get the file again',
      cause,
    });
  }
}

/** Finds `name` or its usual spellings (`.gz`, a dot for the dash) in a folder, and reads it. */
async function readNamed(
  folder: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<{ path: string; bytes: Buffer }> {
  const dotted = name.replace('-idx', '.idx');
  for (const candidate of [name, `${name}.gz`, dotted, `${dotted}.gz`]) {
    const path = join(folder, candidate);
    try {
      return { path, bytes: await readPossiblyGzipped(path, signal) };
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') throw error;
    }
  }
  throw new DataError({
    where: folder,
    rule: `the IDX file ${name} (or ${name}.gz) is missing`,
    remedy: 'Name the folder that holds the four IDX files',
  });
}

function readHeader(path: string, bytes: Buffer, magic: number, dimensions: number): number[] {
  const headerBytes = 4 + 4 * dimensions;
  const kind = dimensions === 1 ? 'labels' : 'images';
  if (bytes.length < headerBytes || bytes.readUInt32BE(0) !== magic) {
    throw new DataError({
      where: path,
      rule: `an IDX file of ${kind} begins with 0x${magic.toString(16).padStart(8, '0')}`,
      received:
        bytes.length === 0
          ? 'an empty file'
          : bytes.length < headerBytes
            ? `a file of ${bytes.length} bytes`
            : `0x${bytes.readUInt32BE(0).toString(16).padStart(8, '0')}`,
    });
  }
  const sizes = Array.from({ length: dimensions }, (_, index) => bytes.readUInt32BE(4 + 4 * index));
  const expected = headerBytes + sizes.reduce((product, size) => product * size, 1);
  if (sizes.includes(0) || bytes.length !== expected) {
    throw new DataError({
      where: path,
      rule: `the header announces ${sizes.join(' × ')} bytes of ${kind}, ${expected} bytes in all`,
      received: `${bytes.length} bytes${bytes.length < expected ? ' (the file is cut short)' : ''}`,
      remedy: 'Get the file again',
    });
  }
  return sizes;
}

/**
 * Reads images and labels of the IDX format (LeCun, Cortes and Burges), plain or gzipped.
 *
 * @param folder holds the files
 * @param prefix `train` or `t10k`
 * @param classes labels must lie below it
 * @throws DataError if a file is missing, cut short, or not what it claims to be
 */
export async function readIdxPair(
  folder: string,
  prefix: string,
  classes: number,
  signal?: AbortSignal,
): Promise<{ images: IdxImages; labels: Int32Array }> {
  const [imageFile, labelFile] = await Promise.all([
    readNamed(folder, `${prefix}-images-idx3-ubyte`, signal),
    readNamed(folder, `${prefix}-labels-idx1-ubyte`, signal),
  ]);
  const [count, height, width] = readHeader(imageFile.path, imageFile.bytes, IMAGES_MAGIC, 3) as [
    number,
    number,
    number,
  ];
  const [labelCount] = readHeader(labelFile.path, labelFile.bytes, LABELS_MAGIC, 1) as [number];
  if (labelCount !== count) {
    throw new DataError({
      where: labelFile.path,
      rule: `there is one label for each of the ${count} images of ${basename(imageFile.path)}`,
      received: `${labelCount} labels`,
    });
  }
  const labels = Int32Array.from(labelFile.bytes.subarray(8));
  const wrong = labels.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new DataError({
      where: labelFile.path,
      rule: `labels lie between 0 and ${classes - 1}`,
      received: `${labels[wrong]!} for image ${wrong}`,
    });
  }
  return { images: { count, height, width, bytes: imageFile.bytes.subarray(16) }, labels };
}
