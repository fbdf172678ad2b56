import { requireOwnFile } from './require-own-file';

/** What a file that earlyexit wrote begins with, by kind. A file that is empty holds nothing to lose. */
const marks = {
  // An ONNX file begins with two fields: the version of the format, then the producer, nine characters long.
  onnx: (start: string) =>
    start === '' || (start.startsWith('\x08') && start.startsWith('\x12\x09earlyexit', 2)),
  report: (start: string) => start === '' || start.includes('<meta name="generator" content="earlyexit'),
  picture: (start: string) => start === '' || /^(<svg|\x89PNG)[^]*earlyexit/.test(start),
  manifest: (start: string) => start === '' || /^\{\s*"format": ?"earlyexit-staged"/.test(start),
  curve: (start: string) => start === '' || /^"?(threshold_|skew,)/.test(start),
  // A safetensors file begins with the length of its header, eight bytes.
  logits: (start: string) =>
    start === '' || /^.{8}\{"__metadata__":\{"format":"earlyexit-logits"/s.test(start),
} as const;

/**
 * Refuses to write a result over anything but an earlier one: `export RUN photo.jpg` would otherwise replace the photo.
 *
 * @param name of the option or operand that names the path
 * @param force write over it all the same
 * @throws DataError
 */
export async function requireReplaceable(
  name: string,
  path: string,
  kind: keyof typeof marks,
  force = false,
): Promise<void> {
  await requireOwnFile(name, path, marks[kind], force);
}
