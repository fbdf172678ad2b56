import type { tf } from '../../tf';
import type { Heap } from '../heap';

/** The kernel `UnsortedSegmentSum`: out[segmentIds[r]] += x[r], over the rows of x; ids out of range are dropped. */
export function unsortedSegmentSum(
  heap: Heap,
  { x, segmentIds }: { readonly x: tf.TensorInfo; readonly segmentIds: tf.TensorInfo },
  { numSegments }: { readonly numSegments: number },
): tf.TensorInfo {
  const out = heap.cleared(heap.allocate([numSegments, ...x.shape.slice(1)], x.dtype));
  const rowLength = x.shape.slice(1).reduce((product, length) => product * length, 1);
  // All tensors are allocated by now; a view taken before an allocation may point to memory that has moved.
  const ids = heap.backend.typedArrayFromHeap(segmentIds);
  const from = heap.backend.typedArrayFromHeap(x);
  const to = heap.backend.typedArrayFromHeap(out);
  ids.forEach((id, row) => {
    if (id < 0 || id >= numSegments) return;
    for (let k = 0; k < rowLength; k++) to[id * rowLength + k]! += from[row * rowLength + k]!;
  });
  return out;
}
