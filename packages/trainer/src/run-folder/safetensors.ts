import { DataError } from '@earlyexit/exit-criteria';

/** A float32 tensor on the host. */
export interface HostTensor {
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly values: Float32Array;
}

// The header is a list of names and numbers; a hundred megabytes of it is no header. (The reference reader's bound.)
const maximumHeaderBytes = 100_000_000;
const lengthBytes = 8;
const floatBytes = 4;

/**
 * Writes float32 tensors in the safetensors format (https://github.com/huggingface/safetensors): the header's length as
 * a little-endian 64-bit number, a JSON header, then the tensors one after the other. Order is kept.
 */
export function writeSafetensors(tensors: ReadonlyMap<string, HostTensor>): Uint8Array {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const text = JSON.stringify(header);
  const unpadded = Buffer.byteLength(text);
  // Padded with spaces, so that the data begins at a multiple of 8 bytes.
  const headerBytes = Buffer.from(text.padEnd(text.length + ((8 - (unpadded % 8)) % 8), ' '));
  const file = new Uint8Array(lengthBytes + headerBytes.length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true);
  file.set(headerBytes, lengthBytes);
  let position = lengthBytes + headerBytes.length;
  for (const { values } of tensors.values()) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position);
    position += values.byteLength;
  }
  return file;
}

/**
 * Reads what {@link writeSafetensors} writes. Strict: the tensors must fill the file in order without gap or overlap, and
 * each must have as many bytes as its shape says. Throws DataError otherwise, naming `where`, the file.
 */
export function readSafetensors(file: Uint8Array, where: string): Map<string, HostTensor> {
  const fail = (rule: string, received: string): never => {
    throw new DataError({
      where,
      rule,
      received,
      remedy: 'The file is damaged or cut off; use another copy',
    });
  };
  if (file.byteLength < lengthBytes)
    fail('must be a safetensors file of at least 8 bytes', `${file.byteLength} bytes`);
  const headerLength = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (headerLength > BigInt(Math.min(maximumHeaderBytes, file.byteLength - lengthBytes))) {
    fail(
      'the header must lie within the file',
      `a header of ${headerLength.toString()} bytes in ${file.byteLength}`,
    );
  }
  const dataStart = lengthBytes + Number(headerLength);
  const header = parseHeader(file.subarray(lengthBytes, dataStart), fail);
  const tensors = new Map<string, HostTensor>();
  let expected = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
    if (dtype !== 'F32') fail(`tensor ${name} must be of type F32`, String(dtype));
    if (!isSizes(shape)) fail(`tensor ${name} must have a shape of whole numbers`, JSON.stringify(shape));
    const bytes = (shape as number[]).reduce((product, size) => product * size, floatBytes);
    if (
      !isSizes(offsets) ||
      offsets.length !== 2 ||
      offsets[0] !== expected ||
      offsets[1] !== expected + bytes
    ) {
      fail(`tensor ${name} must lie at bytes ${expected} to ${expected + bytes}`, JSON.stringify(offsets));
    }
    if (dataStart + expected + bytes > file.byteLength) {
      fail(`tensor ${name} must lie within the file`, `${file.byteLength} bytes`);
    }
    // A copy: the data need not be aligned for a Float32Array, and must not keep the file alive. (Not by `slice`, which
    // gives a view of a Buffer.)
    const copy = new Uint8Array(file.subarray(dataStart + expected, dataStart + expected + bytes));
    tensors.set(name, { shape: shape as number[], values: new Float32Array(copy.buffer) });
    expected += bytes;
  }
  if (dataStart + expected !== file.byteLength) {
    fail(`the file must end after its tensors, at ${dataStart + expected} bytes`, `${file.byteLength} bytes`);
  }
  return tensors;
}

function parseHeader(
  bytes: Uint8Array,
  fail: (rule: string, received: string) => never,
): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    fail('the header must be JSON', error instanceof Error ? error.message : String(error));
  }
  const entries = typeof header === 'object' && header !== null && !Array.isArray(header) ? header : null;
  if (
    entries === null ||
    Object.values(entries).some((entry) => typeof entry !== 'object' || entry === null)
  ) {
    fail('the header must be a JSON object of objects', JSON.stringify(header).slice(0, 80));
  }
  return entries as Record<string, unknown>;
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}
