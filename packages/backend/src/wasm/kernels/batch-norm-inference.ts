import { tf } from '../../tf';
import { type Code, f32, f32x4, multiplyAdd, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, coveringVectors, cut, lanes } from '../tile';

const vectorsTogether = 4;

/** Writes `run(x, mean, variance, offset, scale, y, rows)`: y = (x − mean) · scale / √(variance + epsilon) + offset. */
function writeNormalization(channels: number, epsilon: number): { module: ModuleWriter } {
  const module = new ModuleWriter();
  const starts = coveringVectors(channels).map((start) => start * bytesPerFloat);

  const part = (
    writer: FunctionWriter,
    offsets: readonly number[],
    p: Record<'x' | 'mean' | 'variance' | 'offset' | 'scale' | 'y' | 'rows', Local>,
  ): Code => {
    const [from, to] = [writer.local('i32'), writer.local('i32')];
    const vectors = offsets.map((at) => ({
      at,
      mean: writer.local('v128'),
      factor: writer.local('v128'),
      offset: writer.local('v128'),
    }));
    return sequence(
      ...vectors.map(({ at, mean, factor, offset }) =>
        sequence(
          mean.set(f32x4.load(p.mean.get, at)),
          offset.set(f32x4.load(p.offset.get, at)),
          factor.set(
            f32x4.divide(
              f32x4.load(p.scale.get, at),
              f32x4.squareRoot(f32x4.add(f32x4.load(p.variance.get, at), f32x4.splat(f32.constant(epsilon)))),
            ),
          ),
        ),
      ),
      from.set(p.x.get),
      to.set(p.y.get),
      writer.repeat(
        p.rows.get,
        sequence(
          ...vectors.map(({ at, mean, factor, offset }) =>
            f32x4.store(
              to.get,
              multiplyAdd(f32x4.subtract(f32x4.load(from.get, at), mean.get), factor.get, offset.get),
              at,
            ),
          ),
          from.advance(channels * bytesPerFloat),
          to.advance(channels * bytesPerFloat),
        ),
      ),
    );
  };

  module.define(
    7,
    (writer, x, mean, variance, offset, scale, y, rows) =>
      sequence(
        ...cut(starts.length, vectorsTogether).map(({ start, size }) =>
          part(writer, starts.slice(start, start + size), { x, mean, variance, offset, scale, y, rows }),
        ),
      ),
    'run',
  );
  return { module };
}

/** The kernel `FusedBatchNorm` for statistics per channel, channels last; other shapes are left to the backend. */
export function fusedBatchNorm(
  heap: Heap,
  inputs: Readonly<Record<'x' | 'mean' | 'variance', tf.TensorInfo>> &
    Readonly<Partial<Record<'offset' | 'scale', tf.TensorInfo>>>,
  { varianceEpsilon }: { readonly varianceEpsilon: number },
): tf.TensorInfo | null {
  const { x, mean, variance, offset, scale } = inputs;
  const channels = x.shape.at(-1) ?? 0;
  const rows = tf.util.sizeFromShape([...x.shape]) / channels;
  if (channels < lanes || rows === 0 || !offset || !scale) return null;
  if ([mean, variance, offset, scale].some(({ shape }) => shape.length !== 1 || shape[0] !== channels))
    return null;
  const y = heap.allocate(x.shape);
  const key = `normalisation ${channels} ${varianceEpsilon}`;
  compiled(heap, key, () => writeNormalization(channels, varianceEpsilon)).run(
    ...[x, mean, variance, offset, scale, y].map((tensor) => heap.address(tensor)),
    rows,
  );
  return y;
}
