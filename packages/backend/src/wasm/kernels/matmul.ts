import { tf } from '../../tf';
import { type Code, f32, f32x4, i32, sequence, when } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter, type WasmFunction } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, bytesPerVector, lanes, type Piece, planTiling, tile, vectorsFor } from '../tile';

/** The parameters that a matrix product's code is generated for; what depends on the batch is passed when it runs. */
interface MatrixProduct {
  /** out `[rows, columns]` = Σ over inner of a · b. */
  readonly columns: number;
  /** a is `[inner, rows]` instead of `[rows, inner]`. */
  readonly transposeA: boolean;
  /** b is `[columns, inner]` instead of `[inner, columns]`. */
  readonly transposeB: boolean;
  /** Floats in a row of a as it lies in memory: `inner`, or `rows` if it is transposed. */
  readonly rowOfA: number;
  /** Rows of the result computed together; the remainder is computed row by row. */
  readonly rowsTogether: number;
  readonly hasBias: boolean;
  readonly hasRelu: boolean;
}

/** Writes `run(a, b, bias, out, scratch, blocks, rest, inner)` for blocks · rowsTogether + rest rows. */
function writeMatrixProduct(product: MatrixProduct): ModuleWriter {
  const { columns, transposeA, transposeB, rowOfA, rowsTogether, hasBias, hasRelu } = product;
  const module = new ModuleWriter();
  const vectorCount = vectorsFor(columns);
  const bRowBytes = transposeB ? vectorCount * bytesPerVector : columns * bytesPerFloat;
  const aRowBytes = (transposeA ? 1 : rowOfA) * bytesPerFloat;
  const aStepBytes = (transposeA ? rowOfA : 1) * bytesPerFloat;
  const outRowBytes = columns * bytesPerFloat;

  const tiles = new Map<string, WasmFunction>();
  /** `rows` rows × `vectors` vectors of the result, the last of which may be partial. */
  const tileFor = (rows: number, vectors: number, lastLanes: number): WasmFunction => {
    const key = `${rows}×${vectors}:${lastLanes}`;
    const known = tiles.get(key);
    if (known !== undefined) return known;
    const written = module.define(5, (writer, a, b, bias, out, inner) => {
      const { accumulators, step, clear } = tile(writer, rows, vectors);
      const rowOffsets = Array.from({ length: rows }, (_, i) => i * aRowBytes);
      const columnOffsets = Array.from({ length: vectors }, (_, j) => j * bytesPerVector);
      const start = hasBias
        ? accumulators.flatMap((row) =>
            row.map((sum, j) => sum.set(f32x4.load(bias.get, j * bytesPerVector))),
          )
        : [clear()];
      return sequence(
        ...start,
        writer.repeat(
          inner.get,
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
              hasRelu ? f32x4.max(f32x4.zero, sum.get) : sum.get,
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

  const columnPieces = planTiling(rowsTogether, vectorCount).vectors;
  module.define(
    8,
    (writer, a, b, bias, out, scratch, blocks, rest, inner) => {
      const piece = (rows: number, { start, size }: Piece): Code => {
        const lastLanes = Math.min(lanes, columns - (start + size - 1) * lanes);
        const offset = i32.constant(start * bytesPerVector);
        return tileFor(rows, size, lastLanes).call(
          a.get,
          i32.add((transposeB ? scratch : b).get, offset),
          i32.add(bias.get, offset),
          i32.add(out.get, offset),
          inner.get,
        );
      };
      const block = (rows: number, count: Code): Code =>
        when(
          count,
          writer.repeat(
            count,
            sequence(
              ...columnPieces.map((one) => piece(rows, one)),
              a.advance(rows * aRowBytes),
              out.advance(rows * outRowBytes),
            ),
          ),
        );
      return sequence(
        transposeB ? transpose(writer, b, scratch, inner.get) : [],
        block(rowsTogether, blocks.get),
        block(1, rest.get),
      );
    },
    'run',
  );

  /** b `[columns, inner]` → `[inner, vectors]`; the lanes beyond the last column are never stored, so they need no value. */
  function transpose(writer: FunctionWriter, b: Local, scratch: Local, inner: Code): Code {
    const [from, to, column] = writer.locals(3, 'i32') as [Local, Local, Local];
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

  return module;
}

interface Transposition {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function multiply(
  heap: Heap,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  bias: tf.TensorInfo | null,
  { transposeA, transposeB }: Transposition,
  hasRelu: boolean,
): tf.TensorInfo | null {
  const one = (shape: readonly number[]): boolean => shape.slice(0, -2).every((length) => length === 1);
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || !one(a.shape) || !one(b.shape)) return null;
  const [a0, a1] = a.shape.slice(-2) as [number, number];
  const [b0, b1] = b.shape.slice(-2) as [number, number];
  const [rows, inner] = transposeA ? [a1, a0] : [a0, a1];
  const [columns, innerOfB] = transposeB ? [b0, b1] : [b1, b0];
  if (inner !== innerOfB || inner === 0 || rows === 0 || columns === 0) return null;
  if (bias !== null && tf.util.sizeFromShape([...bias.shape]) !== columns) return null;
  // The widest tile that this many columns can fill.
  const [tiling] = planTiling(rowsForPlanning, vectorsFor(columns)).rows;
  const rowsTogether = tiling!.size;
  const product = {
    ...{ columns, transposeA, transposeB, rowOfA: a1, rowsTogether },
    ...{ hasBias: bias !== null, hasRelu },
  };
  const rank = Math.max(a.shape.length, b.shape.length);
  const out = heap.allocate([...new Array<number>(rank - 2).fill(1), rows, columns]);
  const { run } = compiled(heap, `matrix product ${JSON.stringify(product)}`, () => ({
    module: writeMatrixProduct(product),
  }));
  const scratch = heap.scratch(transposeB ? inner * vectorsFor(columns) * bytesPerVector : 0);
  run(
    ...[heap.address(a), heap.address(b), bias === null ? 0 : heap.address(bias), heap.address(out), scratch],
    ...[Math.floor(rows / rowsTogether), rows % rowsTogether, inner],
  );
  return out;
}

// Divisible by the height of every tile, so that the plan depends only on the columns.
const rowsForPlanning = 12;

/** The kernel `BatchMatMul` for one pair of float matrices (the gradients of a dense layer); batches are left to the backend. */
export function batchMatMul(
  heap: Heap,
  { a, b }: { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo },
  attributes: Transposition,
): tf.TensorInfo | null {
  return multiply(heap, a, b, null, attributes, false);
}

/** The kernel `_FusedMatMul` (a dense layer) with an optional bias per column and an optional ReLU. */
export function fusedMatMul(
  heap: Heap,
  {
    a,
    b,
    bias,
  }: { readonly a: tf.TensorInfo; readonly b: tf.TensorInfo; readonly bias?: tf.TensorInfo | null },
  attributes: Transposition & { readonly activation?: string | null },
): tf.TensorInfo | null {
  const activation = attributes.activation ?? 'linear';
  if (activation !== 'linear' && activation !== 'relu') return null;
  return multiply(heap, a, b, bias ?? null, attributes, activation === 'relu');
}
