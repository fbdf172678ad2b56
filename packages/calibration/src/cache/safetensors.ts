import { DataError } from '@earlyexit/exit-criteria';

/** A tensor of a safetensors file: 32-bit floats or integers, row-major. */
export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** What a safetensors file holds. */
export interface SafeTensors {
  readonly tensors: Readonly<Record<string, SafeTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

// The header's length stands in front as a 64-bit number, little-endian.
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
// The format's own limit.
const LARGEST_HEADER = 100_000_000;
const METADATA = '__metadata__';

/** Writes tensors in the safetensors format (github.com/huggingface/safetensors): the same input, the same bytes. */
export function encodeSafetensors({ tensors, metadata }: SafeTensors): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const header = new TextEncoder().encode(
    JSON.stringify({ [METADATA]: metadata, ...Object.fromEntries(entries) }),
  );
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(LENGTH_BYTES + padded + end).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, LENGTH_BYTES);
  let offset = LENGTH_BYTES + padded;
  for (const { data } of Object.values(tensors)) {
    const view = new DataView(bytes.buffer, offset, data.byteLength);
    const isFloat = data instanceof Float32Array;
    data.forEach((value, i) => {
      if (isFloat) view.setFloat32(4 * i, value, true);
      else view.setInt32(4 * i, value, true);
    });
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file of 32-bit floats and integers.
 *
 * @param source How to call the bytes in errors: a path.
 * @throws DataError for anything that is not such a file, or is cut short.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): SafeTensors {
  const fail = (rule: string, received: string): never => {
    throw new DataError({ where: source, rule, received, remedy: 'Write the file again' });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LENGTH_BYTES)
    return fail('a safetensors file begins with 8 bytes', `${bytes.length} bytes`);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > Math.min(LARGEST_HEADER, bytes.length - LENGTH_BYTES)) {
    return fail('the header fits into the file', `a header of ${headerLength} in ${bytes.length} bytes`);
  }
  const start = LENGTH_BYTES + headerLength;
  const header =
    parseHeader(bytes.subarray(LENGTH_BYTES, start)) ?? fail('the header is a JSON object', 'something else');

  const tensors: Record<string, SafeTensor> = {};
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) {
      metadata = isMetadata(entry) ? entry : fail('metadata are texts', typeof entry);
      continue;
    }
    if (!isEntry(entry))
      return fail(`tensor ${name} is of 32-bit numbers and says where it lies`, JSON.stringify(entry));
    const [begin, end] = entry.data_offsets;
    const count = entry.shape.reduce((product, size) => product * size, 1);
    if (begin > end || start + end > bytes.length || end - begin !== 4 * count) {
      return fail(
        `tensor ${name} fills its place in the file`,
        `[${entry.shape.join(', ')}] from ${begin} to ${end} of ${bytes.length - start} bytes`,
      );
    }
    const isFloat = entry.dtype === 'F32';
    const data = isFloat ? new Float32Array(count) : new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const at = start + begin + 4 * i;
      data[i] = isFloat ? view.getFloat32(at, true) : view.getInt32(at, true);
    }
    tensors[name] = { shape: entry.shape, data };
  }
  return { tensors, metadata };
}

interface Entry {
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function parseHeader(bytes: Uint8Array): object | null {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof header === 'object' && !Array.isArray(header) ? header : null;
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  const areSizes = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
  return (dtype === 'F32' || dtype === 'I32') && areSizes(shape) && areSizes(offsets) && offsets.length === 2;
}

function isMetadata(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string')
  );
}
