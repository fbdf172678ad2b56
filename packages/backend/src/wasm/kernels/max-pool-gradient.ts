import type { tf } from '../../tf';
import { type Code, f32, f32x4, i32, memory, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, coveringVectors, lanes } from '../tile';
import { type PoolAttributes, poolGeometry, type PoolGeometry } from './pool-geometry';
import { horizontal, type Stretch, stretches, vertical } from '../windows';

/**
 * Writes `run(x, y, dy, dx, batch)`: each output's gradient goes to the first place in its window that holds the maximum, as on
 * the CPU engine.
 */
function writeMaxPoolGradient(g: PoolGeometry): { module: ModuleWriter } {
  const module = new ModuleWriter();
  const pixel = g.channels * bytesPerFloat;
  const inRow = g.inWidth * pixel;
  // Disjoint windows write each pixel once; otherwise gradients add up.
  const disjoint = g.strideHeight >= g.filterHeight && g.strideWidth >= g.filterWidth;
  const rows = stretches(vertical(g));
  const columns = stretches(horizontal(g));
  const starts = g.channels < lanes ? [] : coveringVectors(g.channels);

  /** One window; `x` and `dx` point at its origin, which may lie outside the image, `y` and `dy` at its output. */
  const windowOf = (
    writer: FunctionWriter,
    { x, y, dy, dx }: Record<'x' | 'y' | 'dy' | 'dx', Local>,
    row: Stretch,
    column: Stretch,
  ): Code => {
    const taps: number[] = [];
    for (let i = row.first; i < row.end; i++) {
      for (let j = column.first; j < column.end; j++) taps.push(i * inRow + j * pixel);
    }
    // Offsets in an instruction cannot be negative, but the origin's address can lie before the image: add both first.
    const base = row.first * inRow + column.first * pixel;
    const from = writer.local('i32');
    const to = writer.local('i32');
    const start = sequence(
      from.set(i32.add(x.get, i32.constant(base))),
      to.set(i32.add(dx.get, i32.constant(base))),
    );
    const [largest, gradient, free, hit] = writer.locals(4, 'v128') as [Local, Local, Local, Local];
    const vectors = starts.map((channel, index) => {
      const offset = channel * bytesPerFloat;
      const seen = index * lanes - channel;
      const dyLanes = f32x4.load(dy.get, offset);
      return sequence(
        largest.set(f32x4.load(y.get, offset)),
        gradient.set(
          disjoint || seen === 0
            ? dyLanes
            : f32x4.and(
                dyLanes,
                f32x4.mask((lane) => lane >= seen),
              ),
        ),
        free.set(f32x4.mask(() => true)),
        ...taps.map((tap) => {
          const at = tap - base + offset;
          const value = f32x4.and(gradient.get, hit.get);
          return sequence(
            hit.set(f32x4.and(free.get, f32x4.equal(f32x4.load(from.get, at), largest.get))),
            free.set(f32x4.andNot(free.get, hit.get)),
            f32x4.store(to.get, disjoint ? value : f32x4.add(f32x4.load(to.get, at), value), at),
          );
        }),
      );
    });
    return sequence(
      start,
      ...vectors,
      ...(starts.length === 0
        ? singles(
            writer,
            { y, dy },
            from,
            to,
            taps.map((tap) => tap - base),
          )
        : []),
    );
  };

  /** One window of fewer than four channels, channel by channel. */
  const singles = (
    writer: FunctionWriter,
    { y, dy }: Record<'y' | 'dy', Local>,
    from: Local,
    to: Local,
    taps: readonly number[],
  ): Code[] => {
    const [free, hit] = writer.locals(2, 'i32') as [Local, Local];
    return Array.from({ length: g.channels }, (_, channel) => {
      const offset = channel * bytesPerFloat;
      return sequence(
        free.set(i32.constant(1)),
        ...taps.map((tap) => {
          const at = tap + offset;
          const value = f32.select(f32.load(dy.get, offset), f32.constant(0), hit.get);
          return sequence(
            hit.set(i32.and(free.get, f32.equal(f32.load(from.get, at), f32.load(y.get, offset)))),
            free.set(i32.and(free.get, i32.isZero(hit.get))),
            f32.store(to.get, disjoint ? value : f32.add(f32.load(to.get, at), value), at),
          );
        }),
      );
    });
  };

  module.define(
    5,
    (writer, x, y, dy, dx, batch) => {
      const inside = {
        x: writer.local('i32'),
        y: writer.local('i32'),
        dy: writer.local('i32'),
        dx: writer.local('i32'),
      };
      const rowStart = { x: writer.local('i32'), dx: writer.local('i32') };
      const origin = -(g.padTop * inRow + g.padLeft * pixel);
      return sequence(
        memory.fill(dx.get, 0, i32.multiply(batch.get, i32.constant(g.inHeight * inRow))),
        inside.y.set(y.get),
        inside.dy.set(dy.get),
        writer.repeat(
          batch.get,
          sequence(
            rowStart.x.set(i32.add(x.get, i32.constant(origin))),
            rowStart.dx.set(i32.add(dx.get, i32.constant(origin))),
            ...rows.map((row) =>
              writer.repeat(
                row.count,
                sequence(
                  inside.x.set(rowStart.x.get),
                  inside.dx.set(rowStart.dx.get),
                  ...columns.map((column) =>
                    writer.repeat(
                      column.count,
                      sequence(
                        windowOf(writer, inside, row, column),
                        inside.x.advance(g.strideWidth * pixel),
                        inside.dx.advance(g.strideWidth * pixel),
                        inside.y.advance(pixel),
                        inside.dy.advance(pixel),
                      ),
                    ),
                  ),
                  rowStart.x.advance(g.strideHeight * inRow),
                  rowStart.dx.advance(g.strideHeight * inRow),
                ),
              ),
            ),
            x.advance(g.inHeight * inRow),
            dx.advance(g.inHeight * inRow),
          ),
        ),
      );
    },
    'run',
  );
  return { module };
}

/** The kernel `MaxPoolGrad`: dL/dx from dL/dy, the images and the pooled result. */
export function maxPoolGradient(
  heap: Heap,
  { dy, input, output }: Readonly<Record<'dy' | 'input' | 'output', tf.TensorInfo>>,
  attributes: PoolAttributes,
): tf.TensorInfo {
  const geometry = poolGeometry(input.shape, attributes);
  const batch = input.shape[0]!;
  const dx = heap.allocate(input.shape);
  if (batch === 0) return dx;
  const { run } = compiled(heap, `max pool gradient ${JSON.stringify(geometry)}`, () =>
    writeMaxPoolGradient(geometry),
  );
  run(heap.address(input), heap.address(output), heap.address(dy), heap.address(dx), batch);
  return dx;
}
