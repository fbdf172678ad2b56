import type { HostTensor, TensorValues } from './host-tensor';
import { ALIGNMENT, LENGTH_BYTES, METADATA } from './layout';

/**
 * Writes tensors in the safetensors format (https://github.com/huggingface/safetensors): the header's length, a JSON
 * header, then the tensors one after the other in the order given. The same input gives the same bytes.
 *
 * (No library for it: the one on npm is a first version that reads only, and the format is a page long.)
 *
 * @param metadata Texts by name; none unless given.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor<TensorValues>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  let end = 0;
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  for (const [name, { shape, values }] of tensors) {
    const begin = end;
    end += values.byteLength;
    const dtype = values instanceof Float32Array ? 'F32' : 'I32';
    entries.push([name, { dtype, shape, data_offsets: [begin, end] }]);
  }
  // Own entries, so that no tensor's name means anything: `__proto__` is one like any other.
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + padded + end).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + padded);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(header, LENGTH_BYTES);
  let position = LENGTH_BYTES + padded;
  for (const { values } of tensors.values()) {
    // The bytes as they lie in memory: little-endian, as the format wants it, wherever Node runs a tensor engine.
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position);
    position += values.byteLength;
  }
  return file;
}
