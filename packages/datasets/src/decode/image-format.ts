import { DataError } from '@earlyexit/core';

/** What a file is, by its first bytes. */
interface FileKind {
  /** In words, as in `Received: …`. */
  readonly what: string;
  /** How to come to an image that can be read. */
  readonly remedy?: string;
}

const EXPECTED = 'a JPEG, PNG, WebP, AVIF, GIF or TIFF image is expected';
const CONVERT = 'Convert it to JPEG or PNG';

/** Brands of the container that holds both AVIF and HEIC (ISO/IEC 23008-12). */
const AVIF_BRANDS = ['avif', 'avis'];
const HEIC_BRANDS = ['heic', 'heix', 'hevc', 'hevx', 'heim', 'heis', 'hevm', 'hevs', 'mif1', 'msf1'];

/** Bytes that are looked at; a page of HTML may begin with a comment. */
const START_BYTES = 512;

/** Text of the first bytes, one character a byte. */
function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, START_BYTES)).toString('latin1');
}

/** The brands of an ISO base media file: the major one and those it says it is compatible with. */
function brandsOf(start: string): string[] {
  if (start.slice(4, 8) !== 'ftyp') return [];
  const end = Math.min(start.length, start.charCodeAt(2) * 256 + start.charCodeAt(3));
  const brands = [start.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(start.slice(at, at + 4));
  return brands;
}

function isReadable(start: string): boolean {
  return (
    start.startsWith('\xff\xd8\xff') ||
    start.startsWith('\x89PNG') ||
    (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') ||
    start.startsWith('GIF87a') ||
    start.startsWith('GIF89a') ||
    ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(start.slice(0, 4)) ||
    brandsOf(start).some((brand) => AVIF_BRANDS.includes(brand))
  );
}

/** What begins with certain bytes. */
const binary: readonly (readonly [beginnings: readonly string[], kind: FileKind])[] = [
  [['BM'], { what: 'a BMP image', remedy: CONVERT }],
  [['\xff\x0a', '\0\0\0\x0cJXL '], { what: 'a JPEG XL image', remedy: CONVERT }],
  [['\0\0\0\x0cjP  ', '\xff\x4f\xff\x51'], { what: 'a JPEG 2000 image', remedy: CONVERT }],
  [['8BPS'], { what: 'a Photoshop document', remedy: CONVERT }],
  [['\0\0\x01\0', '\0\0\x02\0'], { what: 'an icon', remedy: CONVERT }],
  [['%PDF'], { what: 'a PDF document', remedy: CONVERT }],
  [['PK\x03', 'PK\x05'], { what: 'a ZIP archive' }],
  [['\x1f\x8b'], { what: 'a gzip archive' }],
];

/** What begins with certain text. */
const text: readonly (readonly [begins: RegExp, kind: FileKind])[] = [
  [
    /^version https:\/\/git-lfs/,
    { what: 'a pointer of Git LFS in place of the file', remedy: 'Get the files themselves: `git lfs pull`' },
  ],
  [/^\s*(?:<\?xml[^]*)?<svg/i, { what: 'an SVG drawing', remedy: CONVERT }],
  [
    /^(?:\xef\xbb\xbf)?\s*(?:<!--[^]*?-->\s*)?<(?:!doctype html|html|head|body)/i,
    { what: 'a page of HTML', remedy: 'A download was probably refused: get the file again' },
  ],
];

function describe(bytes: Uint8Array, start: string): FileKind {
  if (bytes.length === 0) return { what: 'an empty file' };
  if (brandsOf(start).some((brand) => HEIC_BRANDS.includes(brand))) {
    return {
      what: 'a HEIC picture, as iPhones take them',
      remedy: `${CONVERT} (macOS: \`sips -s format jpeg\`; elsewhere \`heif-convert\` or ImageMagick)`,
    };
  }
  const other =
    binary.find(([beginnings]) => beginnings.some((beginning) => start.startsWith(beginning))) ??
    text.find(([begins]) => begins.test(start));
  if (other !== undefined) return other[1];
  if (start.startsWith('\0'.repeat(16)))
    return { what: `a file of ${bytes.length} bytes that begins with zeros` };
  const hex = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return {
    what: `${bytes.length === 1 ? 'a file of 1 byte that is' : `a file of ${bytes.length} bytes that begins with`} ${hex}`,
  };
}

/**
 * Refuses files that are not readable images: by content, not by name, and before the decoder, which would also accept
 * SVG and PDF.
 *
 * @param bytes the file, or its beginning
 * @throws DataError that says what the file is, and the way out
 */
export function checkImageFormat(bytes: Uint8Array, where: string): void {
  const start = startOf(bytes);
  if (isReadable(start)) return;
  const { what, remedy } = describe(bytes, start);
  throw new DataError({
    where,
    rule: EXPECTED,
    received: what,
    remedy,
  });
}

const IMAGE_NAME = /\.(?:jpe?g|jfif|png|webp|avif|gif|tiff?)$/i;

/** The endings of `isImageName`, for messages. */
export const imageEndings = '.jpg, .png, .webp, .avif, .gif or .tif';

/** Whether a name ends like an image that can be read, in upper or lower case. */
export function isImageName(name: string): boolean {
  return IMAGE_NAME.test(name);
}

/** Whether a name ends like a picture that must be converted before it can be read. */
export function isForeignImageName(name: string): boolean {
  return /\.(?:hei[cf]|bmp|jxl|jp2|psd|dng|cr[23]|nef|arw)$/i.test(name);
}

/** Where the last marker of a JPEG, PNG or GIF is looked for; some programs write something behind it. */
const LAST_MARKERS: readonly (readonly [beginning: string, marker: string])[] = [
  ['\xff\xd8\xff', '\xff\xd9'],
  ['\x89PNG', 'IEND'],
  ['GIF8', ';'],
];

/**
 * Whether the end of a JPEG, PNG, GIF or WebP looks as if something were missing. Not proof: some files lack their last
 * marker and are whole.
 *
 * @param start the first bytes
 * @param end the last bytes
 * @param size bytes of the whole file
 */
export function looksCut(start: Uint8Array, end: Uint8Array, size: number): boolean {
  const beginning = startOf(start);
  if (beginning.startsWith('RIFF')) return Buffer.from(start).readUInt32LE(4) + 8 > size;
  const found = LAST_MARKERS.find(([first]) => beginning.startsWith(first));
  if (found === undefined) return false;
  return !Buffer.from(end.buffer, end.byteOffset, end.length).includes(found[1], 0, 'latin1');
}
