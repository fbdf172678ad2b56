import { randomStream } from '@earlyexit/core';
import type { ImageInput, TensorFacts } from '@earlyexit/onnx/foreign';
import type { Runtime, RuntimeSession, RuntimeTensor } from '../import-runtime';

/** Asks what a network does with a few images. */
export interface SurveyQuestion<File = string> {
  /** The file as it was given. */
  readonly original: File;
  /** The size of the batch that it takes; `null` where it is free. */
  readonly fixedBatch: number | null;
  /** The same network with a free batch. */
  readonly plain: File;
  /** The same with every tensor as an output. */
  readonly exposed: File;
  /** The input, and its shape for one sample. */
  readonly input: Pick<ImageInput, 'name' | 'type'> & { readonly dims: readonly number[] };
  /** The tensors to look at. */
  readonly names: readonly string[];
}

/** What a network did with a few images. */
export interface Survey {
  /** Why several images could not be run at once: then there is nothing else. */
  readonly batchError?: string;
  readonly outputs?: readonly {
    readonly name: string;
    readonly finite: boolean;
    readonly deterministic: boolean;
    /** Largest distance between a sample's answers alone and among others; infinity comes as null. */
    readonly difference: number | null;
  }[];
  readonly tensors?: readonly ({ readonly name: string } & TensorFacts)[];
}

/** Opens a file with onnxruntime. */
export type OpenFile<File> = (file: File, options: object) => Promise<RuntimeSession>;

/** Samples that are run, alone and together. */
const SAMPLES = 5;

type Results = Readonly<Record<string, RuntimeTensor>>;

/** What every tensor of a network is, and whether the answers of a sample depend on who is beside it. */
export async function surveyNetwork<File>(
  question: SurveyQuestion<File>,
  { open, Tensor }: { readonly open: OpenFile<File> } & Pick<Runtime, 'Tensor'>,
): Promise<Survey> {
  const { original, fixedBatch, plain, exposed, names } = question;
  const feed = feeder(Tensor, question.input);
  const before = await open(original, { graphOptimizationLevel: 'basic' });
  const answers = before.outputNames;
  const step = fixedBatch ?? 1;
  const alone: Results[] = [];
  for (let i = 0; i < SAMPLES; i++) alone.push(await before.run(feed(i, step)));
  const again = await before.run(feed(0, step));
  await before.release();
  const after = await open(plain, { graphOptimizationLevel: 'basic' });
  const together: { readonly count: number; readonly results: Results }[] = [];
  try {
    for (const count of [1, 2, SAMPLES]) together.push({ count, results: await after.run(feed(0, count)) });
  } catch (error) {
    return { batchError: (error instanceof Error ? error.message : String(error)).slice(0, 600) };
  } finally {
    await after.release();
  }
  const outputs = answers.map((name) => ({
    name,
    finite: alone.every((results) => isFinite(results[name]!)),
    deterministic: difference(alone[0]![name]!, again[name]!, 1) === 0,
    difference: Math.max(
      ...together.flatMap(({ count, results }) =>
        alone.slice(0, count).map((one, i) => difference(one[name]!, results[name]!, step, i)),
      ),
    ),
  }));
  const session = await open(exposed, { graphOptimizationLevel: 'disabled' });
  const [one, two] = [await session.run(feed(0, 1), names), await session.run(feed(0, 2), names)];
  await session.release();
  return { outputs, tensors: names.map((name) => ({ name, ...describe(one[name]!, two[name]!) })) };
}

/** Gives batches of the samples, from one on and around. */
function feeder(
  Tensor: Runtime['Tensor'],
  { name, type, dims }: SurveyQuestion['input'],
): (from: number, count: number) => Readonly<Record<string, unknown>> {
  const shape = dims.slice(1);
  const size = shape.reduce((product, each) => product * each, 1);
  const images = noise(SAMPLES * size);
  return (from, count) => {
    const data = new Float32Array(count * size);
    for (let i = 0; i < count; i++) {
      const sample = (from + i) % SAMPLES;
      data.set(images.subarray(sample * size, (sample + 1) * size), i * size);
    }
    return { [name]: new Tensor(type, type === 'float16' ? toHalf(data) : data, [count, ...shape]) };
  };
}

function describe(one: RuntimeTensor, two: RuntimeTensor): TensorFacts {
  const dims = [...one.dims];
  const isSame = (from: number): boolean =>
    dims.length === two.dims.length && dims.slice(from).every((size, i) => size === two.dims[from + i]);
  const kind =
    dims[0] === 1 && two.dims[0] === 2 && isSame(1)
      ? 'sample'
      : isSame(0) && isEqual(valuesOf(one), valuesOf(two))
        ? 'constant'
        : 'mixed';
  return { type: one.type, dims, kind };
}

function isEqual(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  return a.length === b.length && Array.from(a).every((value, i) => value === b[i] || isBothNaN(value, b[i]));
}

function isBothNaN(a: unknown, b: unknown): boolean {
  return Number.isNaN(a) && Number.isNaN(b);
}

function isFinite(tensor: RuntimeTensor): boolean {
  return !tensor.type.startsWith('float') || numbersOf(tensor).every(Number.isFinite);
}

/** The largest difference of a sample's answer, as a share of the largest answer; `step` samples stand in `one`. */
function difference(one: RuntimeTensor, other: RuntimeTensor, step: number, place = 0): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  const size = a.length / step;
  if (a.length === 0 || b.length < (place + 1) * size) return Infinity;
  let [most, scale] = [0, 1];
  for (let i = 0; i < size; i++) {
    scale = Math.max(scale, Math.abs(a[i]!));
    const distance = Math.abs(a[i]! - b[place * size + i]!);
    most = Math.max(most, Number.isNaN(distance) ? Infinity : distance);
  }
  return most / scale;
}

function valuesOf({ data }: RuntimeTensor): ArrayLike<unknown> {
  return data as ArrayLike<unknown>;
}

function numbersOf(tensor: RuntimeTensor): number[] {
  const { data, type } = tensor;
  return type === 'float16' && data instanceof Uint16Array
    ? Array.from(data, fromHalf)
    : Array.from(valuesOf(tensor), Number);
}

function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const size = Math.abs(value);
    if (size < 2 ** -14) return 0;
    const exponent = Math.min(15, Math.floor(Math.log2(size)));
    const fraction = Math.min(1023, Math.round((size / 2 ** exponent - 1) * 1024));
    return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
  });
}

/** Normally distributed, and the same every time: nothing here is left to chance. */
function noise(count: number): Float32Array {
  const random = randomStream(1);
  return Float32Array.from(
    { length: count },
    // 1 − x is never 0, whose logarithm is infinite.
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
