import type { HostTensor, TensorValues } from './host-tensor';
import { encodeHalves } from './half-floats';
import { ALIGNMENT, LENGTH_BYTES, METADATA, type ValueType } from './layout';

/**
 * Writes tensors in the safetensors format (https://github.com/huggingface/safetensors): the header's length, a JSON
 * header, then the tensors in the given order. The same input gives the same bytes.
 *
 * (No library is used: the one on npm is a first version that only reads, and the format takes a page.)
 *
 * @param metadata Strings by name; none unless given.
 * @param floats How floats are written: in 32 bits, or in 16 bits, rounded to the nearest. 32 bits unless given.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor<TensorValues>>,
  metadata: Readonly<Record<string, string>> = {},
  floats: 'float32' | 'float16' = 'float32',
): Uint8Array<ArrayBuffer> {
  const parts = safetensorsParts(tensors, metadata, floats);
  const file = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let position = 0;
  for (const part of parts) {
    file.set(part, position);
    position += part.byteLength;
  }
  return file;
}

/**
 * What `writeSafetensors` gives, as parts that follow one another: numbers of 32 bits are not copied, which spares large
 * networks the memory.
 */
export function safetensorsParts(
  tensors: ReadonlyMap<string, HostTensor<TensorValues>>,
  metadata: Readonly<Record<string, string>> = {},
  floats: 'float32' | 'float16' = 'float32',
): Uint8Array[] {
  let end = 0;
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  const data: Uint8Array[] = [];
  for (const [name, { shape, values }] of tensors) {
    const begin = end;
    const { dtype, bytes } = encode(values, floats);
    data.push(bytes);
    end += bytes.byteLength;
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  // Built from entries, so that no tensor's name has a special meaning, not even `__proto__`.
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const start = new Uint8Array(LENGTH_BYTES + padded).fill(0x20, LENGTH_BYTES);
  new DataView(start.buffer).setBigUint64(0, BigInt(padded), true);
  start.set(header, LENGTH_BYTES);
  return [start, ...data];
}

function encode(
  values: TensorValues,
  floats: 'float32' | 'float16',
): { readonly dtype: ValueType; readonly bytes: Uint8Array } {
  const isFloat = values instanceof Float32Array;
  if (isFloat && floats === 'float16') return { dtype: 'F16', bytes: encodeHalves(values) };
  // As they are in memory: little-endian, as the format requires, on every machine where Node runs a tensor engine.
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { dtype: isFloat ? 'F32' : 'I32', bytes };
}
