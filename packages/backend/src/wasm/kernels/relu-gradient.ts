import { tf } from '../../tf';
import { f32, f32x4, sequence, when } from '../assembler/code';
import { ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, bytesPerVector } from '../tile';

/** Writes `run(dy, x, dx, quads, rest)`: dx = x > 0 ? dy : 0, over 4·quads + rest floats. */
function writeReluGradient(): { module: ModuleWriter } {
  const module = new ModuleWriter();
  module.define(
    5,
    (writer, dy, x, dx, quads, rest) => {
      const advance = (bytes: number) => sequence(dy.advance(bytes), x.advance(bytes), dx.advance(bytes));
      return sequence(
        when(
          quads.get,
          writer.repeat(
            quads.get,
            sequence(
              f32x4.store(
                dx.get,
                f32x4.and(f32x4.load(dy.get), f32x4.greaterThan(f32x4.load(x.get), f32x4.zero)),
              ),
              advance(bytesPerVector),
            ),
          ),
        ),
        when(
          rest.get,
          writer.repeat(
            rest.get,
            sequence(
              f32.store(
                dx.get,
                f32.select(
                  f32.load(dy.get),
                  f32.constant(0),
                  f32.greaterThan(f32.load(x.get), f32.constant(0)),
                ),
              ),
              advance(bytesPerFloat),
            ),
          ),
        ),
      );
    },
    'run',
  );
  return { module };
}

/** The kernel `ReluGrad`: dL/dx from dL/dy and x (or y: both have the same sign), in one pass. */
export function reluGradient(
  heap: Heap,
  { dy, x }: { readonly dy: tf.TensorInfo; readonly x: tf.TensorInfo },
): tf.TensorInfo {
  const dx = heap.allocate(x.shape);
  const size = tf.util.sizeFromShape([...x.shape]);
  compiled(heap, 'relu gradient', writeReluGradient).run(
    heap.address(dy),
    heap.address(x),
    heap.address(dx),
    size >> 2,
    size & 3,
  );
  return dx;
}
