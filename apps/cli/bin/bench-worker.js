// Times one ONNX file in a process of its own: the thread pools of two onnxruntime sessions in one process slow each
// other down. Answers each line of JSON by another; see src/work/bench-variant.ts.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [runtimeName, runtimePath, modelPath, imagesPath, threads, shape] = process.argv.slice(2);
const ort = await openRuntime();
const sizes = shape.split(',').map(Number);
const size = sizes.reduce((product, axis) => product * axis, 1);
const bytes = readFileSync(imagesPath);
const images = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
const count = images.length / size;

const started = performance.now();
const session = await ort.InferenceSession.create(readFileSync(modelPath), {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  graphOptimizationLevel: 'all',
  // As @earlyexit/inference does; see there.
  extra: { session: { force_spinning_stop: '1' } },
});
const loadMs = performance.now() - started;

/** Runs all images once in batches, or the first of them; a last short batch is left out. */
async function pass({ batch, thresholds, keep, most = count }) {
  const limits =
    thresholds && new ort.Tensor('float32', Float32Array.from(thresholds, Number), [thresholds.length]);
  const outputs = limits || keep ? ['logits', 'exit_index', 'score'] : ['logits'];
  const latencies = [];
  const exits = [];
  const scores = [];
  for (let offset = 0; offset + batch <= Math.min(count, most); offset += batch) {
    const pixels = new ort.Tensor('float32', images.subarray(offset * size, (offset + batch) * size), [
      batch,
      ...sizes,
    ]);
    const feeds = limits ? { pixel_values: pixels, thresholds: limits } : { pixel_values: pixels };
    const before = performance.now();
    const result = await session.run(feeds, outputs);
    latencies.push(performance.now() - before);
    if (keep && result.exit_index) {
      exits.push(...Array.from(result.exit_index.data, Number));
      scores.push(...result.score.data);
    }
  }
  return { latencies, exits, scores, peakMemoryMB: (peakMemoryKiB() * 1024) / 1e6 };
}

/** onnxruntime-node, or OpenVINO behind the same interface. */
async function openRuntime() {
  if (runtimeName === 'openvino') {
    const { loadOpenvino } = await import('@earlyexit/inference/openvino');
    return loadOpenvino({ library: runtimePath });
  }
  const imported = await import(pathToFileURL(runtimePath).href);
  return imported.default ?? imported;
}

/** The most memory that this process has held. Linux counts in `maxRSS` what its parent held when it started this one. */
function peakMemoryKiB() {
  const { maxRSS } = process.resourceUsage();
  if (process.platform !== 'linux') return maxRSS;
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line === null ? maxRSS : Number(line[1]);
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ loadMs });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await pass(JSON.parse(line)));
  } catch (error) {
    say({ error: error.message });
  }
}
