import { tf } from '../../tf';
import { type Code, f32, f32x4, multiplyAdd, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, coveringVectors, cut } from '../tile';

// Rows whose statistics are computed together while they are in the first-level cache; those of the blocks are then
// combined.
const rowsTogether = 128;
// The number of channel vectors handled in one pass over the rows.
const vectorsTogether = 4;

/** A constant in all lanes. */
const every = (value: number): Code => f32x4.splat(f32.constant(value));

/** Visits all rows in blocks of `rowsTogether` and a remainder; `row` is the address of a block's first row. */
function inBlocks(
  writer: FunctionWriter,
  rows: number,
  rowBytes: number,
  pointers: readonly Local[],
  visit: (count: number) => Code,
): Code {
  const blocks = Math.floor(rows / rowsTogether);
  const rest = rows % rowsTogether;
  const advance = (count: number): Code =>
    sequence(...pointers.map((pointer) => pointer.advance(count * rowBytes)));
  return sequence(
    blocks > 0 ? writer.repeat(blocks, sequence(visit(rowsTogether), advance(rowsTogether))) : [],
    rest > 0 ? visit(rest) : [],
  );
}

/**
 * Writes `run(x, gamma, beta, y, mean, variance)` over x `[rows, channels]`:
 *
 * y = (x − mean) · gamma / √(variance + epsilon) + beta
 *
 * One pass computes mean and variance, block by block (within a block first the mean, then the squared distances from
 * it; the blocks are combined by Chan's formula, which avoids cancellation); a second pass normalises.
 */
function writeForward(rows: number, channels: number, epsilon: number): { module: ModuleWriter } {
  const module = new ModuleWriter();
  const rowBytes = channels * bytesPerFloat;
  const starts = coveringVectors(channels).map((start) => start * bytesPerFloat);

  const part = (
    writer: FunctionWriter,
    offsets: readonly number[],
    p: Record<'x' | 'gamma' | 'beta' | 'y' | 'mean' | 'variance', Local>,
  ): Code => {
    const [block, row, out, seen] = [
      writer.local('i32'),
      writer.local('i32'),
      writer.local('i32'),
      writer.local('v128'),
    ];
    const vectors = offsets.map((offset) => ({
      offset,
      mean: writer.local('v128'),
      squares: writer.local('v128'),
      blockMean: writer.local('v128'),
      blockSquares: writer.local('v128'),
      distance: writer.local('v128'),
    }));
    const statistics = (count: number): Code =>
      sequence(
        ...vectors.map((v) => v.blockMean.set(f32x4.zero)),
        row.set(block.get),
        writer.repeat(
          count,
          sequence(
            ...vectors.map((v) => v.blockMean.set(f32x4.add(v.blockMean.get, f32x4.load(row.get, v.offset)))),
            row.advance(rowBytes),
          ),
        ),
        ...vectors.map((v) =>
          sequence(
            v.blockMean.set(f32x4.multiply(v.blockMean.get, every(1 / count))),
            v.blockSquares.set(f32x4.zero),
          ),
        ),
        row.set(block.get),
        writer.repeat(
          count,
          sequence(
            ...vectors.map((v) =>
              sequence(
                v.distance.set(f32x4.subtract(f32x4.load(row.get, v.offset), v.blockMean.get)),
                v.blockSquares.set(multiplyAdd(v.distance.get, v.distance.get, v.blockSquares.get)),
              ),
            ),
            row.advance(rowBytes),
          ),
        ),
        // Chan: with n rows so far and m in the block, the distance d of the means adds d² · n·m / (n + m).
        ...vectors.map((v) => {
          const share = f32x4.divide(every(count), f32x4.add(seen.get, every(count)));
          return sequence(
            v.distance.set(f32x4.subtract(v.blockMean.get, v.mean.get)),
            v.squares.set(
              f32x4.add(
                f32x4.add(v.squares.get, v.blockSquares.get),
                f32x4.multiply(
                  f32x4.multiply(v.distance.get, v.distance.get),
                  f32x4.multiply(seen.get, share),
                ),
              ),
            ),
            v.mean.set(multiplyAdd(v.distance.get, share, v.mean.get)),
          );
        }),
        seen.set(f32x4.add(seen.get, every(count))),
      );
    return sequence(
      seen.set(f32x4.zero),
      ...vectors.map((v) => sequence(v.mean.set(f32x4.zero), v.squares.set(f32x4.zero))),
      block.set(p.x.get),
      inBlocks(writer, rows, rowBytes, [block], statistics),
      ...vectors.map((v) => {
        const [scale, offset] = [v.blockMean, v.blockSquares];
        return sequence(
          v.squares.set(f32x4.multiply(v.squares.get, every(1 / rows))),
          f32x4.store(p.mean.get, v.mean.get, v.offset),
          f32x4.store(p.variance.get, v.squares.get, v.offset),
          scale.set(
            f32x4.divide(
              f32x4.load(p.gamma.get, v.offset),
              f32x4.squareRoot(f32x4.add(v.squares.get, every(epsilon))),
            ),
          ),
          offset.set(f32x4.load(p.beta.get, v.offset)),
        );
      }),
      row.set(p.x.get),
      out.set(p.y.get),
      writer.repeat(
        rows,
        sequence(
          ...vectors.map((v) =>
            f32x4.store(
              out.get,
              multiplyAdd(
                f32x4.subtract(f32x4.load(row.get, v.offset), v.mean.get),
                v.blockMean.get,
                v.blockSquares.get,
              ),
              v.offset,
            ),
          ),
          row.advance(rowBytes),
          out.advance(rowBytes),
        ),
      ),
    );
  };

  module.define(
    6,
    (writer, x, gamma, beta, y, mean, variance) =>
      sequence(
        ...cut(starts.length, vectorsTogether).map(({ start, size }) =>
          part(writer, starts.slice(start, start + size), { x, gamma, beta, y, mean, variance }),
        ),
      ),
    'run',
  );
  return { module };
}

/**
 * Writes `run(dy, x, gamma, mean, variance, dx, dgamma, dbeta)`, with s = 1 / √(variance + epsilon) and n rows:
 *
 * dbeta = Σ dy, dgamma = s · Σ dy · (x − mean),
 * dx = gamma · s · (dy − dbeta / n − (x − mean) · s · dgamma / n)
 */
function writeBackward(rows: number, channels: number, epsilon: number): { module: ModuleWriter } {
  const module = new ModuleWriter();
  const rowBytes = channels * bytesPerFloat;
  const starts = coveringVectors(channels).map((start) => start * bytesPerFloat);
  type Parameters = Record<'dy' | 'x' | 'gamma' | 'mean' | 'variance' | 'dx' | 'dgamma' | 'dbeta', Local>;

  const part = (writer: FunctionWriter, offsets: readonly number[], p: Parameters): Code => {
    const [dyRow, xRow, dxRow] = [writer.local('i32'), writer.local('i32'), writer.local('i32')];
    const vectors = offsets.map((offset) => ({
      offset,
      mean: writer.local('v128'),
      sum: writer.local('v128'),
      product: writer.local('v128'),
      blockSum: writer.local('v128'),
      blockProduct: writer.local('v128'),
      dy: writer.local('v128'),
    }));
    const gradient = (v: (typeof vectors)[number]): Code => v.dy.tee(f32x4.load(dyRow.get, v.offset));
    const distance = (v: (typeof vectors)[number]): Code =>
      f32x4.subtract(f32x4.load(xRow.get, v.offset), v.mean.get);
    const sums = (count: number): Code =>
      sequence(
        ...vectors.map((v) => sequence(v.blockSum.set(f32x4.zero), v.blockProduct.set(f32x4.zero))),
        writer.repeat(
          count,
          sequence(
            ...vectors.map((v) =>
              sequence(
                v.blockSum.set(f32x4.add(v.blockSum.get, gradient(v))),
                v.blockProduct.set(multiplyAdd(v.dy.get, distance(v), v.blockProduct.get)),
              ),
            ),
            dyRow.advance(rowBytes),
            xRow.advance(rowBytes),
          ),
        ),
        ...vectors.map((v) =>
          sequence(
            v.sum.set(f32x4.add(v.sum.get, v.blockSum.get)),
            v.product.set(f32x4.add(v.product.get, v.blockProduct.get)),
          ),
        ),
      );
    const start = sequence(dyRow.set(p.dy.get), xRow.set(p.x.get), dxRow.set(p.dx.get));
    return sequence(
      start,
      ...vectors.map((v) =>
        sequence(
          v.mean.set(f32x4.load(p.mean.get, v.offset)),
          v.sum.set(f32x4.zero),
          v.product.set(f32x4.zero),
        ),
      ),
      inBlocks(writer, rows, rowBytes, [], sums),
      ...vectors.map((v) => {
        // From here on: blockSum is 1 / √(variance + epsilon), then gamma times it; product and sum are the two means.
        const inverse = v.blockSum;
        return sequence(
          inverse.set(
            f32x4.divide(
              every(1),
              f32x4.squareRoot(f32x4.add(f32x4.load(p.variance.get, v.offset), every(epsilon))),
            ),
          ),
          v.product.set(f32x4.multiply(v.product.get, inverse.get)),
          f32x4.store(p.dgamma.get, v.product.get, v.offset),
          f32x4.store(p.dbeta.get, v.sum.get, v.offset),
          v.sum.set(f32x4.multiply(v.sum.get, every(1 / rows))),
          v.product.set(f32x4.multiply(f32x4.multiply(v.product.get, inverse.get), every(1 / rows))),
          inverse.set(f32x4.multiply(inverse.get, f32x4.load(p.gamma.get, v.offset))),
        );
      }),
      start,
      writer.repeat(
        rows,
        sequence(
          ...vectors.map((v) =>
            f32x4.store(
              dxRow.get,
              f32x4.multiply(
                f32x4.subtract(
                  f32x4.subtract(f32x4.load(dyRow.get, v.offset), v.sum.get),
                  f32x4.multiply(distance(v), v.product.get),
                ),
                v.blockSum.get,
              ),
              v.offset,
            ),
          ),
          dyRow.advance(rowBytes),
          xRow.advance(rowBytes),
          dxRow.advance(rowBytes),
        ),
      ),
    );
  };

  module.define(
    8,
    (writer, dy, x, gamma, mean, variance, dx, dgamma, dbeta) =>
      sequence(
        ...cut(starts.length, vectorsTogether).map(({ start, size }) =>
          part(writer, starts.slice(start, start + size), {
            dy,
            x,
            gamma,
            mean,
            variance,
            dx,
            dgamma,
            dbeta,
          }),
        ),
      ),
    'run',
  );
  return { module };
}

function sizes(x: tf.TensorInfo): { rows: number; channels: number } {
  const channels = x.shape.at(-1)!;
  return { rows: tf.util.sizeFromShape([...x.shape]) / channels, channels };
}

/** The kernel `BatchNormTraining`: y, and the batch's mean and variance per channel. */
export function batchNormTraining(
  heap: Heap,
  { x, gamma, beta }: Readonly<Record<'x' | 'gamma' | 'beta', tf.TensorInfo>>,
  { epsilon }: { readonly epsilon: number },
): tf.TensorInfo[] {
  const { rows, channels } = sizes(x);
  const [y, mean, variance] = [heap.allocate(x.shape), heap.allocate([channels]), heap.allocate([channels])];
  const key = `batch normalisation ${rows}×${channels} ${epsilon}`;
  compiled(heap, key, () => writeForward(rows, channels, epsilon)).run(
    ...[x, gamma, beta, y, mean, variance].map((tensor) => heap.address(tensor)),
  );
  return [y, mean, variance];
}

/** The kernel `BatchNormTrainingGrad`: dL/dx, dL/dgamma and dL/dbeta. */
export function batchNormTrainingGradient(
  heap: Heap,
  {
    dy,
    x,
    gamma,
    mean,
    variance,
  }: Readonly<Record<'dy' | 'x' | 'gamma' | 'mean' | 'variance', tf.TensorInfo>>,
  { epsilon }: { readonly epsilon: number },
): tf.TensorInfo[] {
  const { rows, channels } = sizes(x);
  const [dx, dgamma, dbeta] = [heap.allocate(x.shape), heap.allocate([channels]), heap.allocate([channels])];
  const key = `batch normalisation gradient ${rows}×${channels} ${epsilon}`;
  compiled(heap, key, () => writeBackward(rows, channels, epsilon)).run(
    ...[dy, x, gamma, mean, variance, dx, dgamma, dbeta].map((tensor) => heap.address(tensor)),
  );
  return [dx, dgamma, dbeta];
}
