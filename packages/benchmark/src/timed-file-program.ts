// Runs one ONNX file in a process of its own; see files/timed-file.ts.
import { readFileSync } from 'node:fs';
import { answerQuestions } from '@earlyexit/core/node';
import { encodeThresholds } from '@earlyexit/exit-criteria';
import { loadRuntime } from '@earlyexit/inference/node';
import type { Pass, PassRequest, TimedFileSettings } from './files/timed-file';

await answerQuestions<PassRequest>(async () => {
  const settings = JSON.parse(process.argv[2]!) as TimedFileSettings;
  const { model, threads, criterion, shape } = settings;
  const runtime = await loadRuntime(settings.runtime);
  const size = shape.reduce((product, axis) => product * axis, 1);
  const bytes = readFileSync(settings.images);
  const images = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const count = images.length / size;

  const started = performance.now();
  const session = await runtime.InferenceSession.create(readFileSync(model), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // As @earlyexit/inference does; see there.
    extra: { session: { force_spinning_stop: '1' } },
  });
  const loadMs = performance.now() - started;

  const answer = async ({ batch, thresholds, keep = false, most = count }: PassRequest): Promise<Pass> => {
    const limits =
      thresholds === null
        ? {}
        : {
            thresholds: new runtime.Tensor(
              'float32',
              Float32Array.from(encodeThresholds(criterion, thresholds)),
              [thresholds.length],
            ),
          };
    const outputs = thresholds !== null || keep ? ['logits', 'exit_index', 'score'] : ['logits'];
    const pass = { latencies: [] as number[], exits: [] as number[], scores: [] as number[] };
    for (let offset = 0; offset + batch <= Math.min(count, most); offset += batch) {
      const pixels = images.subarray(offset * size, (offset + batch) * size);
      const feeds = { pixel_values: new runtime.Tensor('float32', pixels, [batch, ...shape]), ...limits };
      const before = performance.now();
      const result = await session.run(feeds, outputs);
      pass.latencies.push(performance.now() - before);
      if (!keep || result['exit_index'] === undefined) continue;
      pass.exits.push(...Array.from(result['exit_index'].data as BigInt64Array, Number));
      pass.scores.push(...(result['score']!.data as Float32Array));
    }
    return { ...pass, peakMemoryMB: (peakMemoryKiB() * 1024) / 1e6 };
  };
  return { ready: { loadMs }, answer };
});

/** The most memory that this process has held. Linux counts in `maxRSS` what its parent held when it started this one. */
function peakMemoryKiB(): number {
  const { maxRSS } = process.resourceUsage();
  if (process.platform !== 'linux') return maxRSS;
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line === null ? maxRSS : Number(line[1]);
}
