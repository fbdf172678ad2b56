import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { VALUE_BYTES } from './layout';

const BYTES = VALUE_BYTES.F16;

/** 16-bit floats, little-endian, as 32-bit floats; exact. */
export function decodeHalves(bytes: ArrayBuffer): Float32Array<ArrayBuffer> {
  const view = new DataView(bytes);
  return Float32Array.from({ length: bytes.byteLength / BYTES }, (_, index) =>
    getFloat16(view, index * BYTES, true),
  );
}

/** 32-bit floats as 16-bit ones, little-endian, each rounded to the nearest; beyond 65,504 they become infinite. */
export function encodeHalves(values: Float32Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.length * BYTES));
  values.forEach((value, index) => setFloat16(view, index * BYTES, value, true));
  return new Uint8Array(view.buffer);
}
