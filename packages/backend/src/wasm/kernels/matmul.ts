import type { tf } from '../../tf';
import { type Code, f32, f32x4, i32, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter, type WasmFunction } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, bytesPerVector, lanes, type Piece, planTiling, tile, vectorsFor } from '../tile';

interface MatrixProduct {
  /** out `[rows, columns]` = Σ over inner of a · b. */
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** a is `[inner, rows]` instead of `[rows, inner]`. */
  readonly transposeA: boolean;
  /** b is `[columns, inner]` instead of `[inner, columns]`. */
  readonly transposeB: boolean;
}

/** Writes `run(a, b, out, scratch)`. */
function writeMatrixProduct({ rows, columns, inner, transposeA, transposeB }: MatrixProduct): {
  module: ModuleWriter;
  scratchBytes: number;
} {
  const module = new ModuleWriter();
  const vectorCount = vectorsFor(columns);
  const bRowBytes = transposeB ? vectorCount * bytesPerVector : columns * bytesPerFloat;
  const aRowBytes = (transposeA ? 1 : inner) * bytesPerFloat;
  const aStepBytes = (transposeA ? rows : 1) * bytesPerFloat;
  const outRowBytes = columns * bytesPerFloat;
  const tiling = planTiling(rows, vectorCount);

  const tiles = new Map<string, WasmFunction>();
  /** `tileRows` rows × `vectors` vectors of the result, of which the last may be cut short. */
  const tileFor = (tileRows: number, vectors: number, lastLanes: number): WasmFunction => {
    const key = `${tileRows}×${vectors}:${lastLanes}`;
    const known = tiles.get(key);
    if (known !== undefined) return known;
    const written = module.define(3, (writer, a, b, out) => {
      const { accumulators, step, clear } = tile(writer, tileRows, vectors);
      const rowOffsets = Array.from({ length: tileRows }, (_, i) => i * aRowBytes);
      const columnOffsets = Array.from({ length: vectors }, (_, j) => j * bytesPerVector);
      return sequence(
        clear(),
        writer.repeat(
          inner,
          sequence(
            step(a.get, rowOffsets, b.get, columnOffsets),
            a.advance(aStepBytes),
            b.advance(bRowBytes),
          ),
        ),
        ...accumulators.flatMap((row, i) =>
          row.map((sum, j) =>
            f32x4.storeFirst(
              out.get,
              sum.get,
              j === vectors - 1 ? lastLanes : lanes,
              i * outRowBytes + j * bytesPerVector,
            ),
          ),
        ),
      );
    });
    tiles.set(key, written);
    return written;
  };

  const columnPiece = (a: Local, b: Code, out: Local, tileRows: number, { start, size }: Piece): Code => {
    const lastLanes = Math.min(lanes, columns - (start + size - 1) * lanes);
    const offset = i32.constant(start * bytesPerVector);
    return tileFor(tileRows, size, lastLanes).call(a.get, i32.add(b, offset), i32.add(out.get, offset));
  };
  module.define(
    4,
    (writer, a, b, out, scratch) =>
      sequence(
        transposeB ? transpose(writer, b, scratch) : [],
        ...[...new Set(tiling.rows.map(({ size }) => size))].map((size) =>
          writer.repeat(
            tiling.rows.filter((piece) => piece.size === size).length,
            sequence(
              ...tiling.vectors.map((piece) =>
                columnPiece(a, (transposeB ? scratch : b).get, out, size, piece),
              ),
              a.advance(size * aRowBytes),
              out.advance(size * outRowBytes),
            ),
          ),
        ),
      ),
    'run',
  );

  /** b `[columns, inner]` → `[inner, vectors]`; the lanes beyond the last column are never stored, so they need no value. */
  function transpose(writer: FunctionWriter, b: Local, scratch: Local): Code {
    const from = writer.local('i32');
    const to = writer.local('i32');
    const column = writer.local('i32');
    return sequence(
      from.set(b.get),
      column.set(scratch.get),
      writer.repeat(
        columns,
        sequence(
          to.set(column.get),
          writer.repeat(
            inner,
            sequence(
              f32.store(to.get, f32.load(from.get)),
              from.advance(bytesPerFloat),
              to.advance(bRowBytes),
            ),
          ),
          column.advance(bytesPerFloat),
        ),
      ),
    );
  }

  return { module, scratchBytes: transposeB ? inner * bRowBytes : 0 };
}

/** The kernel `BatchMatMul` for one pair of float matrices (the gradients of a dense layer); batches are left to the backend. */
export function batchMatMul(
  heap: Heap,
  { a, b }: { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo },
  { transposeA, transposeB }: { readonly transposeA: boolean; readonly transposeB: boolean },
): tf.TensorInfo | null {
  const one = (shape: readonly number[]): boolean => shape.slice(0, -2).every((length) => length === 1);
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || !one(a.shape) || !one(b.shape)) return null;
  const [a0, a1] = a.shape.slice(-2) as [number, number];
  const [b0, b1] = b.shape.slice(-2) as [number, number];
  const [rows, inner] = transposeA ? [a1, a0] : [a0, a1];
  const [columns, innerOfB] = transposeB ? [b0, b1] : [b1, b0];
  if (inner !== innerOfB || inner === 0 || rows === 0 || columns === 0) return null;
  const product = { rows, columns, inner, transposeA, transposeB };
  const rank = Math.max(a.shape.length, b.shape.length);
  const out = heap.allocate([...new Array<number>(rank - 2).fill(1), rows, columns]);
  const kernel = compiled(heap, `matrix product ${JSON.stringify(product)}`, () =>
    writeMatrixProduct(product),
  );
  const scratch = heap.scratch(kernel.scratchBytes);
  kernel.run(heap.address(a), heap.address(b), heap.address(out), scratch);
  return out;
}
