import { EarlyExitError } from '@earlyexit/core';
import { loadRuntime } from '@earlyexit/inference/node';
import { loadSession } from '@earlyexit/inference/onnx';
import { createSession } from '@earlyexit/inference/tfjs';
import { createModel } from '@earlyexit/model-zoo';
import { findRuntime, type RuntimeName } from '@earlyexit/native-engines';
import { exportConditional } from '@earlyexit/onnx';

/** A runtime of exported networks, and whether it works here. */
export interface RuntimeReport {
  readonly name: RuntimeName;
  readonly available: boolean;
  /** The package and its version, or why it cannot be had. */
  readonly reason: string;
  /** The way to get it; null where it is there. */
  readonly remedy: string | null;
  /** A tiny network with an exit, whose answers are known; null where the runtime is not available. */
  readonly selfTest: { readonly ok: boolean; readonly milliseconds: number } | null;
}

const IMAGES = 4;

/** Lets each runtime run a tiny exported network, and holds its answers against those of the current TensorFlow.js engine. */
export async function checkRuntimes(): Promise<RuntimeReport[]> {
  const network = createModel('test_b_lenet', { seed: 1 });
  const policy = { criterion: 'max-probability', thresholds: ['never'] } as const;
  const shape = network.model.inputs[0]!.shape.slice(1);
  const size = shape.reduce<number>((product, length) => product * length!, 1);
  const images = Float32Array.from({ length: IMAGES * size }, (_, index) => Math.sin(index));
  const { classes } = await createSession(network).run({ data: images, count: IMAGES }, policy);
  const file = await exportConditional(network, policy);
  network.model.dispose();
  const reports: RuntimeReport[] = [];
  for (const name of ['onnxruntime', 'openvino'] as const)
    reports.push(await checkRuntime(name, file, images, [...classes]));
  return reports;
}

async function checkRuntime(
  name: RuntimeName,
  file: Uint8Array,
  images: Float32Array,
  expected: readonly number[],
): Promise<RuntimeReport> {
  try {
    const found = findRuntime(name);
    const started = performance.now();
    const session = await loadSession(file, { runtime: await loadRuntime(found), threads: 1 });
    const { classes } = await session.run({ data: images, count: IMAGES });
    session.dispose();
    const ok = [...classes].join() === expected.join();
    const selfTest = { ok, milliseconds: performance.now() - started };
    return { name, available: true, reason: found.title, remedy: null, selfTest };
  } catch (error) {
    if (!EarlyExitError.is(error)) throw error;
    const { rule, remedy = null } = error.parts;
    return { name, available: false, reason: rule, remedy, selfTest: null };
  }
}
