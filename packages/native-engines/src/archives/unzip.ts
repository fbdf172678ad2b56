import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { DataError } from '@earlyexit/core';

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly headerOffset: number;
}

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;
const localHeaderBytes = 30;
// The end record has 22 bytes and a comment of up to 65,535.
const endSearchBytes = 22 + 65_535;

/**
 * Unpacks the files of a zip archive (a wheel is one) for which `wanted` holds, each read in pieces, so that libraries of
 * hundreds of megabytes pass. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function unzip(
  archive: string,
  target: string,
  wanted: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  const file = await open(archive);
  try {
    for (const entry of await readDirectory(archive, file)) {
      if (!entry.name.endsWith('/') && wanted(entry.name))
        await extract(archive, file, entry, target, signal);
    }
  } finally {
    await file.close();
  }
}

async function readDirectory(archive: string, file: FileHandle): Promise<Entry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - endSearchBytes), Math.min(size, endSearchBytes));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== endOfDirectory) end--;
  if (end < 0)
    throw new DataError({ where: archive, rule: 'it must be a zip archive with a directory at its end' });
  const count = tail.readUInt16LE(end + 10);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== directoryEntry) {
      throw new DataError({ where: archive, rule: 'its directory must list every file, and is damaged' });
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function extract(
  archive: string,
  file: FileHandle,
  entry: Entry,
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const name = normalize(entry.name);
  if (name.startsWith('..') || name.startsWith(sep)) {
    throw new DataError({
      where: archive,
      rule: 'its files must stay inside the target folder',
      received: entry.name,
    });
  }
  // The name and the extra field are repeated before the data, with lengths of their own.
  const header = await readAt(file, entry.headerOffset, localHeaderBytes);
  const start = entry.headerOffset + localHeaderBytes + header.readUInt16LE(26) + header.readUInt16LE(28);
  const path = join(target, name);
  mkdirSync(dirname(path), { recursive: true });
  const packed =
    entry.packedBytes === 0
      ? new PassThrough().end()
      : createReadStream(archive, { start, end: start + entry.packedBytes - 1 });
  const unpack = entry.method === 0 ? new PassThrough() : createInflateRaw();
  await pipeline(packed, unpack, createWriteStream(path), signal === undefined ? {} : { signal });
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
