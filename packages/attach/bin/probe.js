// Runs a file of unknown origin in a process of its own: what kills onnxruntime, or never ends, harms nobody else.
// Reads one line of JSON with a task from standard input, and writes one with what it found.
import { createInterface } from 'node:readline';

const SAMPLES = 5;

const ort = await import('onnxruntime-node').then((module) => module.default ?? module);
const quiet = { logSeverityLevel: 4, intraOpNumThreads: 1, interOpNumThreads: 1 };
const open = (path, options) => ort.InferenceSession.create(path, { ...quiet, ...options });

for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  const found = await (task.folded === undefined ? survey(task) : fold(task)).catch((error) => ({
    error: String(error?.message ?? error).slice(0, 600),
  }));
  process.stdout.write(`${JSON.stringify(found)}\n`);
  break;
}

/** onnxruntime's own basic optimisation: shapes that depend on constants are gone, normalisation is folded. */
async function fold({ file, folded }) {
  const session = await open(file, { graphOptimizationLevel: 'basic', optimizedModelFilePath: folded });
  await session.release();
  return {};
}

/** What every tensor is, and whether the answers of a sample depend on who is beside it. */
async function survey({ original, fixedBatch, plain, exposed, input, names }) {
  const size = input.dims.slice(1).reduce((product, each) => product * each, 1);
  const images = noise(SAMPLES * size);
  const feed = (from, count) => {
    const data = new Float32Array(count * size);
    for (let i = 0; i < count; i++) data.set(row(images, size, (from + i) % SAMPLES), i * size);
    const tensor = input.type === 'float16' ? half(data) : data;
    return { [input.name]: new ort.Tensor(input.type, tensor, [count, ...input.dims.slice(1)]) };
  };
  const before = await open(original, { graphOptimizationLevel: 'basic' });
  const answers = before.outputNames;
  const step = fixedBatch ?? 1;
  const alone = [];
  for (let i = 0; i < SAMPLES; i++) alone.push(await before.run(feed(i, step)));
  const again = await before.run(feed(0, step));
  await before.release();

  const after = await open(plain, { graphOptimizationLevel: 'basic' });
  let together;
  try {
    together = [await after.run(feed(0, 1)), await after.run(feed(0, 2)), await after.run(feed(0, SAMPLES))];
  } catch (error) {
    return { batchError: String(error?.message ?? error).slice(0, 600) };
  } finally {
    await after.release();
  }
  const outputs = answers.map((name) => ({
    name,
    finite: alone.every((result) => isFinite(result[name])),
    deterministic: difference(alone[0][name], again[name], 1) === 0,
    difference: Math.max(
      ...together.flatMap((result, run) =>
        alone.slice(0, [1, 2, SAMPLES][run]).map((one, i) => difference(one[name], result[name], step, i)),
      ),
    ),
  }));

  const session = await open(exposed, { graphOptimizationLevel: 'disabled' });
  const [one, two] = [await session.run(feed(0, 1), names), await session.run(feed(0, 2), names)];
  await session.release();
  return { outputs, tensors: names.map((name) => ({ name, ...describe(one[name], two[name]) })) };
}

function describe(one, two) {
  const dims = [...one.dims];
  const isSame = (from) =>
    dims.length === two.dims.length && dims.slice(from).every((d, i) => d === two.dims[from + i]);
  const kind =
    dims[0] === 1 && two.dims[0] === 2 && isSame(1)
      ? 'sample'
      : isSame(0) && isEqual(one.data, two.data)
        ? 'constant'
        : 'mixed';
  return { type: one.type, dims, kind };
}

function isEqual(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i] || (value !== value && b[i] !== b[i]));
}

function isFinite({ data, type }) {
  return !/^float/.test(type) || floats({ data, type }).every(Number.isFinite);
}

/** The largest difference of a sample's answer, as a share of the largest answer; `step` samples stand in `one`. */
function difference(one, other, step, place = 0) {
  const [a, b] = [floats(one), floats(other)];
  const size = a.length / step;
  let [most, scale] = [0, 1];
  for (let i = 0; i < size; i++) {
    scale = Math.max(scale, Math.abs(a[i]));
    const distance = Math.abs(a[i] - b[place * size + i]);
    most = Math.max(most, Number.isNaN(distance) ? Infinity : distance);
  }
  return a[0] === undefined || b.length < (place + 1) * size ? Infinity : most / scale;
}

function floats({ data, type }) {
  return type === 'float16' && data instanceof Uint16Array
    ? Array.from(data, fromHalf)
    : Array.from(data, Number);
}

function fromHalf(bits) {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function half(values) {
  return Uint16Array.from(values, (value) => {
    const size = Math.abs(value);
    if (size < 2 ** -14) return 0;
    const exponent = Math.min(15, Math.floor(Math.log2(size)));
    const fraction = Math.min(1023, Math.round((size / 2 ** exponent - 1) * 1024));
    return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
  });
}

function row(values, size, index) {
  return values.subarray(index * size, (index + 1) * size);
}

/** The same every time: nothing here is left to chance. */
function noise(count) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  );
}
