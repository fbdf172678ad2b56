import { tf } from '../../tf';
import { type Code, i32, memory, sequence } from '../assembler/code';
import { type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';

interface CopyPlan {
  /** How often each nested loop runs, except for the outermost, whose count is passed to the kernel. */
  readonly counts: readonly number[];
  /** Bytes from one round to the next, for each loop. */
  readonly fromSteps: readonly number[];
  readonly toSteps: readonly number[];
  /** Bytes copied in each innermost round. */
  readonly runBytes: number;
}

/** Writes `run(from, to, outermost)`: copies a box out of one array into a box of another. */
function writeCopy({ counts, fromSteps, toSteps, runBytes }: CopyPlan): { module: ModuleWriter } {
  const module = new ModuleWriter();
  module.define(
    3,
    (writer, from, to, outermost) => {
      const nested = (level: number, source: Local, target: Local): Code => {
        if (level === fromSteps.length) return memory.copy(target.get, source.get, i32.constant(runBytes));
        const innerSource = writer.local('i32');
        const innerTarget = writer.local('i32');
        return writer.repeat(
          level === 0 ? outermost.get : counts[level - 1]!,
          sequence(
            innerSource.set(source.get),
            innerTarget.set(target.get),
            nested(level + 1, innerSource, innerTarget),
            source.advance(fromSteps[level]!),
            target.advance(toSteps[level]!),
          ),
        );
      };
      return nested(0, from, to);
    },
    'run',
  );
  return { module };
}

/** Byte strides of a row-major array. */
function stridesOf(shape: readonly number[], bytesPerElement: number): number[] {
  const strides = new Array<number>(shape.length);
  let step = bytesPerElement;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** Copies the box `size` that begins at `fromBegin` of one array to `toBegin` of another. */
function copyBox(
  heap: Heap,
  from: { readonly tensor: tf.TensorInfo; readonly begin: readonly number[] },
  to: { readonly tensor: tf.TensorInfo; readonly begin: readonly number[] },
  size: readonly number[],
): void {
  if (size.includes(0)) return;
  const bytes = tf.util.bytesPerElement(from.tensor.dtype);
  const fromStrides = stridesOf(from.tensor.shape, bytes);
  const toStrides = stridesOf(to.tensor.shape, bytes);
  const offset = (begin: readonly number[], strides: readonly number[]): number =>
    begin.reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
  // Trailing axes that are whole in both arrays, together with the axis before them, form one contiguous run.
  let axis = size.length;
  let runBytes = bytes;
  while (axis > 1 && fromStrides[axis - 1] === runBytes && toStrides[axis - 1] === runBytes) {
    axis--;
    runBytes *= size[axis]!;
  }
  const plan: CopyPlan = {
    counts: size.slice(1, axis),
    fromSteps: fromStrides.slice(0, axis),
    toSteps: toStrides.slice(0, axis),
    runBytes,
  };
  const { run } = compiled(heap, `copy ${JSON.stringify(plan)}`, () => writeCopy(plan));
  run(
    heap.address(from.tensor) + offset(from.begin, fromStrides),
    heap.address(to.tensor) + offset(to.begin, toStrides),
    size[0] ?? 1,
  );
}

/** The kernel `Slice`, for numbers. */
export function slice(
  heap: Heap,
  { x }: { readonly x: tf.TensorInfo },
  { begin, size }: { readonly begin: number | number[]; readonly size: number | number[] },
): tf.TensorInfo | null {
  if (x.dtype === 'string') return null;
  const [from, shape] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
  const out = heap.allocate(shape, x.dtype);
  copyBox(heap, { tensor: x, begin: from }, { tensor: out, begin: shape.map(() => 0) }, shape);
  return out;
}

/** The kernel `PadV2` with zeros, for numbers. */
export function pad(
  heap: Heap,
  { x }: { readonly x: tf.TensorInfo },
  {
    paddings,
    constantValue,
  }: { readonly paddings: readonly (readonly [number, number])[]; readonly constantValue: number },
): tf.TensorInfo | null {
  if (x.dtype === 'string' || constantValue !== 0) return null;
  const shape = x.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]);
  const out = heap.cleared(heap.allocate(shape, x.dtype));
  copyBox(
    heap,
    { tensor: x, begin: shape.map(() => 0) },
    { tensor: out, begin: paddings.map(([before]) => before) },
    x.shape,
  );
  return out;
}
