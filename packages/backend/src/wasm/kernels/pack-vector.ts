import { tf } from '../../tf';
import type { Heap } from '../heap';

/** The kernel `PackVector`: the values of all tensors in sequence, as one vector. */
export function packVector(heap: Heap, parts: readonly tf.TensorInfo[]): tf.TensorInfo {
  const tensors = Object.values(parts);
  const vector = heap.allocate([
    tensors.reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0),
  ]);
  const values = heap.values(vector);
  let at = 0;
  for (const part of tensors) {
    const from = heap.values(part);
    values.set(from, at);
    at += from.length;
  }
  return vector;
}

/** The kernel `UnpackVector`: splits a vector into parts, given a tensor with the shape of each. */
export function unpackVector(heap: Heap, inputs: readonly tf.TensorInfo[]): tf.TensorInfo[] {
  const [vector, ...like] = Object.values(inputs) as [tf.TensorInfo, ...tf.TensorInfo[]];
  // All of them first, because the memory may move when it grows.
  const parts = like.map(({ shape }) => heap.allocate(shape));
  const values = heap.values(vector);
  let at = 0;
  for (const part of parts) {
    const to = heap.values(part);
    to.set(values.subarray(at, at + to.length));
    at += to.length;
  }
  return parts;
}
