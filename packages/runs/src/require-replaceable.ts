import { DataError } from '@earlyexit/core';
import { kindOfPath, openRegularFile, requireWritable } from '@earlyexit/core/node';

// A header of ours stands in the first kilobytes.
const LOOKED_AT_BYTES = 65_536;

/** What a file that earlyexit wrote begins with, by kind, a character a byte. */
const marks = {
  // An ONNX file begins with two fields: the version of the format, then the producer, nine characters long.
  onnx: (start: string) => start.startsWith('\x08') && start.startsWith('\x12\x09earlyexit', 2),
  report: (start: string) => start.includes('<meta name="generator" content="earlyexit'),
  picture: (start: string) => /^(<svg|\x89PNG)[^]*earlyexit/.test(start),
  manifest: (start: string) => /^\{\s*"format": ?"earlyexit-staged"/.test(start),
  results: (start: string) => start.startsWith('# Results\n\nWritten by `earlyexit results'),
  curve: (start: string) => /^"?(threshold_|skew,)/.test(start),
  // A safetensors file begins with the length of its header, eight bytes.
  logits: (start: string) => /^.{8}\{"__metadata__":\{"format":"earlyexit-logits"/s.test(start),
} as const;

/**
 * Looks before slow work begins whether a result may be written to a path: nothing lies there, or an earlier result of
 * the kind. A network exported to `photo.jpg` would otherwise replace the photo. A file that is empty holds nothing to
 * lose.
 *
 * @param name what an error calls the place: the option or operand that names the path
 * @param force whether to write over it all the same
 * @throws DataError for a file that is not of ours; EnvironmentError if it cannot be written
 */
export async function requireReplaceable(
  name: string,
  path: string,
  kind: keyof typeof marks,
  force = false,
): Promise<void> {
  await requireWritable(path);
  if (force || (await kindOfPath(path)) !== 'file') return;
  const { file } = await openRegularFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT_BYTES), 0, LOOKED_AT_BYTES, 0);
    if (bytesRead === 0 || marks[kind](buffer.toString('latin1', 0, bytesRead))) return;
  } finally {
    await file.close();
  }
  throw new DataError({
    where: name,
    function: 'requireReplaceable',
    rule: 'only an earlier result is replaced',
    received: `${path}, another file`,
    remedy: (called) => `Name another file, or add ${called('force')}`,
  });
}
