import { tf } from '../../tf';
import { type Code, f32, f32x4, i32, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, coveringVectors, lanes } from '../tile';
import { horizontal, type Stretch, stretches, vertical } from '../windows';
import { type PoolAttributes, type PoolGeometry, poolGeometry } from './pool-geometry';

/** Writes `run(x, y, batch)`: the largest value of every window, channel by channel. */
function writeMaxPool(g: PoolGeometry): { module: ModuleWriter } {
  const module = new ModuleWriter();
  const pixel = g.channels * bytesPerFloat;
  const inRow = g.inWidth * pixel;
  const starts = g.channels < lanes ? [] : coveringVectors(g.channels);

  /** One window; `x` points at its origin, which may lie outside the image, `y` at its output. */
  const windowOf = (writer: FunctionWriter, x: Local, y: Local, row: Stretch, column: Stretch): Code => {
    // Offsets in an instruction cannot be negative, so the address of the first tap inside is computed first.
    const from = writer.local('i32');
    const taps: number[] = [];
    for (let i = 0; i < row.end - row.first; i++) {
      for (let j = 0; j < column.end - column.first; j++) taps.push(i * inRow + j * pixel);
    }
    const vector = (offset: number): Code =>
      taps
        .map((tap) => f32x4.load(from.get, tap + offset))
        .reduce((largest, value) => f32x4.max(largest, value));
    const single = (offset: number): Code =>
      taps.map((tap) => f32.load(from.get, tap + offset)).reduce((largest, value) => f32.max(largest, value));
    const singles = starts.length > 0 ? [] : Array.from({ length: g.channels }, (_, c) => c * bytesPerFloat);
    return sequence(
      from.set(i32.add(x.get, i32.constant(row.first * inRow + column.first * pixel))),
      ...starts.map((start) => start * bytesPerFloat).map((at) => f32x4.store(y.get, vector(at), at)),
      ...singles.map((at) => f32.store(y.get, single(at), at)),
    );
  };

  module.define(
    3,
    (writer, x, y, batch) => {
      const [window, row] = writer.locals(2, 'i32') as [Local, Local];
      return writer.repeat(
        batch.get,
        sequence(
          row.set(i32.subtract(x.get, i32.constant(g.padTop * inRow + g.padLeft * pixel))),
          ...stretches(vertical(g)).map((rows) =>
            writer.repeat(
              rows.count,
              sequence(
                window.set(row.get),
                ...stretches(horizontal(g)).map((columns) =>
                  writer.repeat(
                    columns.count,
                    sequence(
                      windowOf(writer, window, y, rows, columns),
                      window.advance(g.strideWidth * pixel),
                      y.advance(pixel),
                    ),
                  ),
                ),
                row.advance(g.strideHeight * inRow),
              ),
            ),
          ),
          x.advance(g.inHeight * inRow),
        ),
      );
    },
    'run',
  );
  return { module };
}

// Beyond this, the code for a window, unrolled tap by tap, is no longer small, and the backend's own kernel is as good.
const mostTaps = 25;

/** The kernel `MaxPool` for small windows that all touch the image; others are left to the backend. */
export function maxPool(
  heap: Heap,
  { x }: { readonly x: tf.TensorInfo },
  attributes: PoolAttributes,
): tf.TensorInfo | null {
  const geometry = poolGeometry(x.shape, attributes);
  const { outHeight, outWidth, channels, filterHeight, filterWidth, allTouch } = geometry;
  if (x.dtype !== 'float32' || !allTouch || filterHeight * filterWidth > mostTaps) return null;
  const batch = x.shape[0]!;
  const y = heap.allocate([batch, outHeight, outWidth, channels]);
  if (tf.util.sizeFromShape(y.shape) === 0) return y;
  compiled(heap, `max pool ${JSON.stringify(geometry)}`, () => writeMaxPool(geometry)).run(
    ...[heap.address(x), heap.address(y), batch],
  );
  return y;
}
