// Loads and runs mutated files in a process of its own, so that a crash of the runtime is seen as one.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EarlyExitError } from '@earlyexit/core';
import { loadSession, type OnnxRuntime } from '@earlyexit/inference/onnx';
import { loadOpenvino } from '@earlyexit/inference/openvino';
import { mutateFile } from '../packages/onnx/src/testing/mutate-file';
import type { FuzzReport } from './fuzz-in-processes';

const [folder = '', runtimeName = '', runtimePath = '', first = '0', count = '0'] = process.argv.slice(2);
const runtime =
  runtimeName === 'openvino'
    ? await loadOpenvino({ library: runtimePath })
    : (createRequire(import.meta.url)(runtimePath) as OnnxRuntime);
const files = readdirSync(folder)
  .sort()
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));

async function tryOne(seed: number): Promise<FuzzReport> {
  const { name, bytes } = files[seed % files.length]!;
  const mutated = mutateFile(bytes, seed);
  const done = `${name}: ${mutated.done}`;
  process.send!({ seed, done });
  const started = performance.now();
  let outcome: string;
  try {
    const session = await loadSession(mutated.bytes, { runtime, threads: 1 });
    try {
      const size = session.file.inputShape.reduce((product, axis) => product * axis, 1);
      const data = Float32Array.from({ length: 5 * size }, (_, i) => Math.sin(i));
      const early = session.metadata.exits.length - 1;
      // Half of the files with the thresholds that they bring, half with some that split the batch.
      const thresholds = Array<number>(early).fill(0.4);
      const isFree = session.file.decision?.thresholdsAs === 'input' && seed % 2 === 0;
      await session.run({ data, count: 5 }, isFree ? { thresholds } : {});
      outcome = 'ran';
    } finally {
      session.dispose();
    }
  } catch (error) {
    if (!EarlyExitError.is(error)) outcome = `bug: ${(error as Error).stack ?? String(error)}`;
    else if (error.kind === 'argument') outcome = 'asked for thresholds';
    else outcome = /(onnxruntime|OpenVINO) can/.test(error.message) ? `runtime: ${error.message}` : 'refused';
  }
  return { seed, done, outcome, milliseconds: performance.now() - started };
}

for (let seed = Number(first); seed < Number(first) + Number(count); seed++)
  process.send!(await tryOne(seed));
process.send!({ memoryBytes: process.resourceUsage().maxRSS * 1024 });
process.disconnect();
