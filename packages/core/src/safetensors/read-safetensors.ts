import { isRecord } from '../is-record';
import { DataError } from '../errors/data-error';
import type { HostTensor, TensorValues } from './host-tensor';
import { decodeHalves } from './half-floats';
import { LARGEST_HEADER_BYTES, LENGTH_BYTES, METADATA, VALUE_BYTES, type ValueType } from './layout';

/** The content of a safetensors file. */
export interface SafetensorsFile {
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, HostTensor<TensorValues>>;
  /** Strings by name. */
  readonly metadata: ReadonlyMap<string, string>;
}

const DECODERS: Readonly<Record<ValueType, (bytes: ArrayBuffer) => TensorValues>> = {
  F32: (bytes) => new Float32Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  F16: decodeHalves,
  // Counters; values beyond 32 bits are not needed here.
  I64: (bytes) => Int32Array.from(new BigInt64Array(bytes), Number),
};

type Fail = (rule: string, received: string) => never;

/**
 * Reads a safetensors file of 32-bit floats and integers, and of 16-bit floats, which become 32-bit ones. The file is
 * not trusted: the header must lie within it (and be at most 100 MB), the tensors must fill the rest without gap or
 * overlap, and each must have as many bytes as its shape requires. Nothing is allocated for a size that the file does
 * not have.
 *
 * @param where The name of the file in errors, such as a path.
 * @throws DataError for anything else.
 */
export function readSafetensors(file: Uint8Array, where: string): SafetensorsFile {
  const fail: Fail = (rule, received) => {
    throw new DataError({
      where,
      rule,
      received,
      remedy: 'The file is damaged or cut off; use another copy',
    });
  };
  if (file.byteLength < LENGTH_BYTES) {
    return fail('a safetensors file has at least 8 bytes', `${file.byteLength} bytes`);
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(LARGEST_HEADER_BYTES, file.byteLength - LENGTH_BYTES))) {
    return fail('the header lies within the file', `a header of ${length} bytes in ${file.byteLength}`);
  }
  const start = LENGTH_BYTES + Number(length);
  const { entries, metadata } = parseHeader(file.subarray(LENGTH_BYTES, start), fail);

  // In the order of their bytes, not of the header, because JSON objects put names that look like numbers first.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const tensors = new Map<string, HostTensor<TensorValues>>();
  let expected = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    const bytes = shape.reduce((product, size) => product * size, VALUE_BYTES[dtype]);
    if (begin !== expected || end !== expected + bytes) {
      return fail(
        `tensor ${shown(name)} lies at bytes ${expected} to ${expected + bytes}`,
        `bytes ${begin} to ${end}`,
      );
    }
    if (start + end > file.byteLength) {
      return fail(`tensor ${shown(name)} lies within the file`, `${file.byteLength} bytes`);
    }
    // A copy, because the data may be unaligned and must not keep the file alive. (Not with `slice`, which is a view
    // for a Buffer.)
    const { buffer } = new Uint8Array(file.subarray(start + begin, start + end));
    tensors.set(name, { shape, values: DECODERS[dtype](buffer) });
    expected = end;
  }
  if (start + expected !== file.byteLength) {
    return fail(`the file ends after its tensors, at ${start + expected} bytes`, `${file.byteLength} bytes`);
  }
  return { tensors, metadata };
}

/**
 * The tensors of a safetensors file that holds only floats; see `readSafetensors`.
 *
 * @throws DataError for any other file.
 */
export function readFloatTensors(file: Uint8Array, where: string): Map<string, HostTensor> {
  const floats = new Map<string, HostTensor>();
  for (const [name, { shape, values }] of readSafetensors(file, where).tensors) {
    if (!(values instanceof Float32Array)) {
      throw new DataError({ where, rule: `tensor ${shown(name)} is of type F32 or F16`, received: 'I32' });
    }
    floats.set(name, { shape, values });
  }
  return floats;
}

interface Entry {
  readonly name: string;
  readonly dtype: ValueType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function parseHeader(
  bytes: Uint8Array,
  fail: Fail,
): { readonly entries: Entry[]; readonly metadata: ReadonlyMap<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return fail('the header is JSON', error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(header)) return fail('the header is a JSON object', describe(header));
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (!isRecord(value)) return fail(`the header's ${shown(name)} is an object`, describe(value));
    if (name === METADATA) {
      for (const [key, text] of Object.entries(value)) {
        metadata.set(key, typeof text === 'string' ? text : fail('metadata are texts', describe(text)));
      }
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = value;
    if (!isValueType(dtype)) return fail(`tensor ${shown(name)} is of type F32, F16 or I32`, describe(dtype));
    if (!areSizes(shape)) return fail(`tensor ${shown(name)} has a shape of whole numbers`, describe(shape));
    const [begin, end] = areSizes(offsets) && offsets.length === 2 ? offsets : [];
    if (begin === undefined || end === undefined) {
      return fail(`tensor ${shown(name)} says where its bytes begin and end`, describe(offsets));
    }
    entries.push({ name, dtype, shape, begin, end });
  }
  return { entries, metadata };
}

function isValueType(value: unknown): value is ValueType {
  return typeof value === 'string' && Object.hasOwn(VALUE_BYTES, value);
}

function areSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

// Long enough to recognise a name, short enough for a message.
const LONGEST_PRINTED = 80;
/** More dimensions than a real shape has. */
const MOST_PRINTED = 8;

/**
 * A value from the header, short enough to print. Nested values are only counted, because they may be nested very deep.
 */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const isFlat = value.length <= MOST_PRINTED && value.every((item) => typeof item !== 'object');
    return isFlat ? `[${value.map(describe).join(', ')}]` : `a list of ${value.length}`;
  }
  if (typeof value === 'object' && value !== null) return `an object of ${Object.keys(value).length}`;
  return JSON.stringify(typeof value === 'string' ? value.slice(0, LONGEST_PRINTED) : value);
}

/** A name from the header, shortened for printing, without control characters. */
function shown(name: string): string {
  return name.slice(0, LONGEST_PRINTED).replace(/\p{C}/gu, '\ufffd');
}
