import { DataError } from '@earlyexit/core';
import { readImageFile } from '../decode/read-image-file';
import type { SharedFiles } from '../image-set/shared-image-set';
import { pieceAt, type SharedPieces, sharePieces } from '../image-set/shared-bytes';

/** Both ends of a file. */
export interface FileEnds {
  /** Bytes of the whole file. */
  readonly size: number;
  /** The file itself if it is short, else its beginning. */
  readonly start: Uint8Array;
  /** The last bytes; the file itself if it is short. */
  readonly end: Uint8Array;
}

/** Everything below a root. A file is no more than its name: ImageNet has 1.3 million of them. */
export interface Tree {
  /** Paths of the files below the root, with `/` between their parts, sorted. */
  readonly files: readonly string[];
  /** Paths of all folders, so that empty ones are seen. */
  readonly folders: readonly string[];
  /** Hidden entries, and those that file managers, archivers and network drives leave behind. */
  readonly hidden: readonly string[];
  /** Pipes, sockets and devices. */
  readonly special: readonly string[];
  /** Where a file lies, for messages. */
  readonly place: (file: string) => string;
  /** Reads an image file. */
  readonly read: (file: string) => Promise<Uint8Array>;
  /** Reads at most `bytes` from each end of a file. */
  readonly readEnds: (file: string, bytes: number) => Promise<FileEnds>;
  /** What another thread needs to read these files. */
  readonly share: (files: readonly string[]) => SharedFiles;
}

/** Both ends of a file in memory. */
export function endsOf(bytes: Uint8Array, length: number): FileEnds {
  const isShort = bytes.length <= 2 * length;
  return {
    size: bytes.length,
    start: isShort ? bytes : bytes.subarray(0, length),
    end: isShort ? bytes : bytes.subarray(-length),
  };
}

/** Reads files that another thread shares. */
export function openSharedFiles({ places, contents }: SharedFiles): {
  readonly place: (index: number) => string;
  readonly read: (index: number) => Promise<Uint8Array>;
} {
  const place = (index: number): string => {
    const { buffer, byteOffset, byteLength } = pieceAt(places, index);
    return Buffer.from(buffer, byteOffset, byteLength).toString();
  };
  return {
    place,
    read: (index) =>
      contents === null ? readImageFile(place(index)) : Promise.resolve(pieceAt(contents, index)),
  };
}

/** The places of files, in memory that threads share. */
export function sharePlaces(files: readonly string[], place: (file: string) => string): SharedPieces {
  return sharePieces(files.length, (index) => Buffer.from(place(files[index]!)));
}

// Thumbnails and waste baskets of network drives (Synology, QNAP), of Windows and macOS, and of archivers.
const LEFT_BEHIND = new Set([
  ...['@eadir', '#recycle', '@recycle', '@recently-snapshot', '$recycle.bin', 'system volume information'],
  ...['__macosx', 'thumbs.db', 'ehthumbs.db', 'desktop.ini', 'icon\r', 'lost+found'],
]);

/** Whether a file or folder is hidden, or left behind by another program. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || LEFT_BEHIND.has(name.toLowerCase());
}

/** Sorted by code unit: the same on every machine and in every locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A name inside an archive, without empty parts; a `DataError` if it leads out of it. */
export function cleanName(name: string, archive: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) {
    throw new DataError({
      where: archive,
      rule: 'names in an archive do not lead out of it',
      received: name,
    });
  }
  return parts.join('/');
}
