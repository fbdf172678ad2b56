import { EarlyExitError } from '../errors/earlyexit-error';
import { damageBytes, type DamageReport, type Draws, trySeeds } from '@earlyexit/testing';
import type { HostTensor, TensorValues } from './host-tensor';
import { readSafetensors } from './read-safetensors';
import { writeSafetensors } from './write-safetensors';

/** Values likely to break shapes, offsets and types. */
const TELLING = [
  ...['0', '-1', '-0', '1', '4', '0.5', '1e308', '-4', '2147483648', '4294967296', '9007199254740993'],
  ...[
    'null',
    'true',
    '"F32"',
    '"I32"',
    '"F16"',
    '"U64"',
    '"../../x"',
    '[]',
    '{}',
    '[0,4]',
    '[4,0]',
    '[8,16]',
  ],
  ...['[0,18446744073709551615]', '[-4,0]', '[1000000,1000000,1000000]', '[4294967296,0]', '[[1]]', '["2"]'],
];
/** The values in the header, as text. */
const VALUES = /"[^"]*"(?=[,}\\]])|-?\d+|\[[\d,]*\]|\{[^{}]*\}/g;
const LONGEST_MESSAGE = 1000;

/**
 * Changes valid files in one to four places and reads the result, seed by seed. A bug is any error but a DataError,
 * more memory than the file has bytes, or too long a message.
 */
export function damageSafetensors(count: number, first = 0): Promise<DamageReport<'refused' | 'read'>> {
  const whole = [...validFiles()];
  return trySeeds(
    { count, first, outcomes: ['refused', 'read'] },
    (draws, seed) => damage(whole[seed % whole.length]!, draws),
    tryFile,
  );
}

function tryFile(file: Uint8Array): string {
  try {
    const { tensors } = readSafetensors(file, 'x');
    const taken = [...tensors.values()].reduce((sum, { values }) => sum + values.buffer.byteLength, 0);
    // 16-bit floats are read as 32-bit ones.
    return taken <= 2 * file.byteLength ? 'read' : `took ${taken} bytes for a file of ${file.byteLength}`;
  } catch (error) {
    if (!EarlyExitError.is(error) || error.kind !== 'data') return (error as Error).stack ?? String(error);
    return error.message.length <= LONGEST_MESSAGE
      ? 'refused'
      : `a message of ${error.message.length} characters`;
  }
}

function* validFiles(): Generator<Uint8Array> {
  const floats = (...shape: number[]): HostTensor => ({
    shape,
    values: Float32Array.from({ length: shape.reduce((size, axis) => size * axis, 1) }, (_, i) => i / 7),
  });
  yield writeSafetensors(new Map([['a', floats(1)]]));
  yield writeSafetensors(
    new Map<string, HostTensor<TensorValues>>([
      ['conv1/kernel', floats(3, 3, 2, 4)],
      ['nothing', floats(0, 3)],
      ['labels', { shape: [6], values: Int32Array.of(1, 2, 3, -4, 5, 6) }],
      ['scalar', floats()],
      ['dense/bias', floats(4)],
    ]),
    { format: 'test', ids: '["x",1]' },
  );
  yield writeSafetensors(
    new Map([
      ['conv1/kernel', floats(3, 3, 2)],
      ['bias', floats(3)],
    ]),
    {},
    'float16',
  );
}

function damage(file: Uint8Array, draws: Draws): Uint8Array {
  const { below } = draws;
  const headerEnd = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (below(3) > 0) {
    let header = new TextDecoder().decode(file.subarray(8, headerEnd));
    for (let left = 1 + below(4); left > 0; left--) header = changeHeader(header, draws);
    const data = below(4) === 0 ? file.subarray(headerEnd, headerEnd + below(200)) : file.subarray(headerEnd);
    return assemble(header, data);
  }
  const changed = Uint8Array.from(damageBytes(file, draws, headerEnd));
  if (changed.length < 8) return changed;
  const how = below(4);
  // The length at the beginning, of any size up to 64 bits.
  if (how === 0)
    new DataView(changed.buffer).setBigUint64(0, (1n << BigInt(below(64))) + BigInt(below(3) - 1), true);
  if (how === 1) return Uint8Array.from([...changed, ...changed.subarray(below(changed.length))]);
  return changed;
}

function changeHeader(header: string, { below }: Draws): string {
  const how = below(8);
  const values = [...header.matchAll(VALUES)];
  const picked = values[below(Math.max(1, values.length))];
  if (how === 0 || picked === undefined) {
    const at = below(header.length);
    return (
      header.slice(0, at) +
      ['', '[', '}', '"', ',', '\\u0000', '\ufffd'][below(7)]! +
      header.slice(at + below(4))
    );
  }
  const { index } = picked;
  const [text] = picked;
  const replace = (by: string): string => header.slice(0, index) + by + header.slice(index + text.length);
  if (how === 1) {
    // V8 parses any depth; code that recurses over the result does not.
    const depth = [10, 1000, 100_000][below(3)]!;
    return replace('['.repeat(depth) + ']'.repeat(depth));
  }
  if (how === 2) {
    // The same key twice.
    const entry = /"[^"]+":\{[^{}]*\}/.exec(header)?.[0];
    return entry === undefined ? header : header.replace('{', `{${entry},`);
  }
  if (how === 3) return replace(values[below(values.length)]![0]);
  if (how === 4 && /^-?\d+$/.test(text))
    return replace(String(Number(text) + [-1, 1, 4, -4, 2 ** 33][below(5)]!));
  if (how === 5) return header.replace(/"[^"]+":\{/, `"${'\\u001b[2J'.repeat(1 + below(3000))}":{`);
  return replace(TELLING[below(TELLING.length)]!);
}

function assemble(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}
