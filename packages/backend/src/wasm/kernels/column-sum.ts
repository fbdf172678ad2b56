import { tf } from '../../tf';
import { type Code, f32x4, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, coveringVectors, cut, lanes } from '../tile';

// Vectors summed side by side: enough to hide the latency of the additions, few enough to stay in registers with the
// second level of sums.
const vectorsTogether = 6;
// Rows summed before their sum is added to the total, so that rounding errors stay those of a few hundred additions.
const rowsTogether = 128;

/** Writes `run(x, sums)`: the sums of the columns of x `[rows, columns]`, at least four columns. */
function writeColumnSum(rows: number, columns: number): { module: ModuleWriter } {
  const module = new ModuleWriter();
  const starts = coveringVectors(columns);
  const rowBytes = columns * bytesPerFloat;
  module.define(
    2,
    (writer, x, sums) =>
      sequence(
        ...cut(starts.length, vectorsTogether).map(({ start, size }) =>
          sumOfColumns(writer, x, sums, starts.slice(start, start + size)),
        ),
      ),
    'run',
  );

  function sumOfColumns(
    writer: FunctionWriter,
    x: Local,
    sums: Local,
    columnStarts: readonly number[],
  ): Code {
    const row = writer.local('i32');
    const partial = columnStarts.map(() => writer.local('v128'));
    const total = columnStarts.map(() => writer.local('v128'));
    const addRows = (count: number): Code =>
      sequence(
        ...partial.map((sum) => sum.set(f32x4.zero)),
        writer.repeat(
          count,
          sequence(
            ...partial.map((sum, i) =>
              sum.set(f32x4.add(sum.get, f32x4.load(row.get, columnStarts[i]! * bytesPerFloat))),
            ),
            row.advance(rowBytes),
          ),
        ),
        ...total.map((sum, i) => sum.set(f32x4.add(sum.get, partial[i]!.get))),
      );
    const blocks = Math.floor(rows / rowsTogether);
    const rest = rows % rowsTogether;
    return sequence(
      row.set(x.get),
      ...total.map((sum) => sum.set(f32x4.zero)),
      blocks > 0 ? writer.repeat(blocks, addRows(rowsTogether)) : [],
      rest > 0 ? addRows(rest) : [],
      ...total.map((sum, i) => f32x4.store(sums.get, sum.get, columnStarts[i]! * bytesPerFloat)),
    );
  }
  return { module };
}

/** The kernel `Sum` over the leading axes of floats, which is the gradient of a bias; other sums are left to the backend. */
export function sum(
  heap: Heap,
  { x }: { readonly x: tf.TensorInfo },
  { axis, keepDims }: { readonly axis: number | number[]; readonly keepDims: boolean },
): tf.TensorInfo | null {
  const axes = tf.util.parseAxisParam(axis, [...x.shape]).sort((a, b) => a - b);
  const columns = x.shape.slice(axes.length).reduce((product, length) => product * length, 1);
  const rows = x.shape.slice(0, axes.length).reduce((product, length) => product * length, 1);
  const leading = axes.every((one, index) => one === index) && axes.length < x.shape.length;
  if (x.dtype !== 'float32' || !leading || columns < lanes || rows === 0) return null;
  const out = heap.allocate(
    keepDims
      ? x.shape.map((length, index) => (index < axes.length ? 1 : length))
      : x.shape.slice(axes.length),
  );
  const { run } = compiled(heap, `column sum ${rows}×${columns}`, () => writeColumnSum(rows, columns));
  run(heap.address(x), heap.address(out));
  return out;
}
