// The time that onnxruntime takes for the layers of a network, by the shape of their outputs: node
// packages/inference/bench/layers.mjs FILE.onnx [BATCH] FILE is what `earlyexit export --static` writes, float32 or
// int8. One thread, medians of 30 runs on noise. It shows how much time layers of the same kernel take for the same
// multiply-accumulates.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const RUNS = 30;
const [file, batchText = '64'] = process.argv.slice(2);
const batch = Number(batchText);
if (file === undefined || !Number.isInteger(batch) || batch < 1) {
  console.error('usage: node packages/inference/bench/layers.mjs FILE.onnx [BATCH]');
  process.exit(2);
}
const ort = createRequire(import.meta.url)('onnxruntime-node');
const folder = mkdtempSync(join(tmpdir(), 'earlyexit-layers-'));
try {
  const session = await ort.InferenceSession.create(readFileSync(file), {
    ...{ intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: 'all' },
    ...{ enableProfiling: true, profileFilePrefix: join(folder, 'profile') },
  });
  const [{ shape }] = session.inputMetadata;
  const dims = [batch, ...shape.slice(1)];
  const size = dims.reduce((product, axis) => product * axis, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898));
  for (let run = 0; run < RUNS; run++) {
    await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', data, dims) });
  }
  session.endProfiling();
  await session.release();
  const [profile] = readdirSync(folder);
  const events = JSON.parse(readFileSync(join(folder, profile), 'utf8'));
  const kernels = new Map();
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('kernel_time')) continue;
    const known = kernels.get(name) ?? { operator: args.op_name, made: args.output_type_shape, times: [] };
    known.times.push(dur / 1000);
    kernels.set(name, known);
  }
  const groups = new Map();
  for (const { operator, made, times } of kernels.values()) {
    const [dimensions] = Object.values(made?.[0] ?? { none: [] });
    const key = `${operator} to [${dimensions.join(', ')}]`;
    const middle = times.sort((a, b) => a - b)[times.length >> 1];
    groups.set(key, [...(groups.get(key) ?? []), middle]);
  }
  const sum = (times) => times.reduce((total, time) => total + time, 0);
  const all = sum([...groups.values()].flat());
  for (const [key, times] of [...groups].sort(([, a], [, b]) => sum(b) - sum(a))) {
    if (sum(times) < all / 200) continue;
    const share = `${((100 * sum(times)) / all).toFixed(1)} %`.padStart(7);
    console.log(
      `${String(times.length).padStart(3)} × ${(sum(times) / times.length).toFixed(3)} ms ${share}  ${key}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
