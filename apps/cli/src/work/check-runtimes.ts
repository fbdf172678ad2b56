import { pathToFileURL } from 'node:url';
import { EarlyExitError } from '@earlyexit/core';
import type { OnnxRuntime } from '@earlyexit/inference/onnx';
import type { RuntimeName } from '@earlyexit/native-engines';
import { runtimeNames } from '../options/option-values';

/** What `doctor` says of a runtime of exported networks. */
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
  const { createModel } = await import('@earlyexit/model-zoo');
  const { createSession } = await import('@earlyexit/inference/tfjs');
  const { exportConditional } = await import('@earlyexit/onnx');
  const network = createModel('test_b_lenet', { seed: 1 });
  const policy = { criterion: 'max-probability', thresholds: ['never'] } as const;
  const size = network.model.inputs[0]!.shape.slice(1).reduce<number>(
    (product, length) => product * length!,
    1,
  );
  const images = Float32Array.from({ length: IMAGES * size }, (_, index) => Math.sin(index));
  const session = createSession(network);
  const { classes } = await session.run({ data: images, count: IMAGES }, policy);
  const file = await exportConditional(network, policy);
  network.model.dispose();
  const reports: RuntimeReport[] = [];
  for (const name of runtimeNames) reports.push(await checkRuntime(name, file, images, [...classes]));
  return reports;
}

async function checkRuntime(
  name: RuntimeName,
  file: Uint8Array,
  images: Float32Array,
  expected: readonly number[],
): Promise<RuntimeReport> {
  const { findRuntime } = await import('@earlyexit/native-engines');
  const { loadSession } = await import('@earlyexit/inference/onnx');
  try {
    const { title, path } = findRuntime(name);
    const started = performance.now();
    const session = await loadSession(file, { runtime: await openRuntime(name, path), threads: 1 });
    const { classes } = await session.run({ data: images, count: IMAGES });
    session.dispose();
    const ok = [...classes].join() === expected.join();
    const selfTest = { ok, milliseconds: performance.now() - started };
    return { name, available: true, reason: title, remedy: null, selfTest };
  } catch (error) {
    if (!EarlyExitError.is(error)) throw error;
    const { rule, remedy = null } = error.parts;
    return { name, available: false, reason: rule, remedy, selfTest: null };
  }
}

async function openRuntime(name: RuntimeName, path: string): Promise<OnnxRuntime> {
  if (name === 'openvino') {
    const { loadOpenvino } = await import('@earlyexit/inference/openvino');
    return loadOpenvino({ library: path });
  }
  const imported = (await import(pathToFileURL(path).href)) as OnnxRuntime & { default?: OnnxRuntime };
  return imported.default ?? imported;
}
