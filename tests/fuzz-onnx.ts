import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import type { CriterionName } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional, exportStatic, type Quantization } from '@earlyexit/onnx';
import { expect } from 'vitest';
import { randomNetwork } from '@earlyexit/testing/networks';
import { fuzzInProcesses } from './fuzz-in-processes';
import { root } from './workspace';

/** A process holds Node, onnxruntime and a few tiny networks. */
const MOST_MEMORY_BYTES = 600 * 2 ** 20;

/**
 * Writes files of many kinds, mutates them in processes of their own, and says what became of them.
 *
 * @param openvino the folder of OpenVINO's libraries, to run them there instead of on onnxruntime
 */
export async function fuzzOnnxFiles(count: number, openvino?: string): Promise<string> {
  await selectEngine('cpu');
  const folder = mkdtempSync(join(tmpdir(), 'earlyexit-fuzzed-'));
  try {
    for (const [index, file] of (await exportFiles()).entries()) {
      writeFileSync(join(folder, `${String(index).padStart(2, '0')}.onnx`), file);
    }
    const onnxruntime = createRequire(join(root, 'packages/inference/package.json')).resolve(
      'onnxruntime-node',
    );
    const runtime = openvino === undefined ? ['onnxruntime', onnxruntime] : ['openvino', openvino];
    const { reports, crashes, memoryBytes } = await fuzzInProcesses(
      'fuzz-onnx-worker.ts',
      [folder, ...runtime],
      { count, perProcess: 500 },
    );
    expect(crashes).toEqual([]);
    expect(reports.filter(({ outcome }) => outcome.startsWith('bug'))).toEqual([]);
    expect(reports).toHaveLength(count);
    expect(memoryBytes).toBeLessThan(MOST_MEMORY_BYTES);
    const counts = new Map<string, number>();
    for (const { outcome } of reports) {
      const kind = outcome.split(':')[0]!;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    // Both ends are reached: what only ever refuses, or lets everything through, shows nothing.
    expect(counts.get('ran')).toBeGreaterThan(count / 50);
    expect(counts.get('refused')).toBeGreaterThan(count / 4);
    const slowest = Math.max(...reports.map(({ milliseconds }) => milliseconds));
    const outcomes = [...counts].map(([kind, times]) => `${times} ${kind}`).join(', ');
    return `${count} mutated files: ${outcomes}; the slowest took ${slowest.toFixed(0)} ms, ${(memoryBytes / 2 ** 20).toFixed(0)} MiB`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function exportFiles(): Promise<Uint8Array[]> {
  const files: Uint8Array[] = [];
  const model = createModel('test_resnet_2exits');
  const thresholds = [0.4, 0.4];
  const criteria: CriterionName[] = ['max-probability', 'patience', 'unique-above', 'ensemble', 'entropy'];
  for (const criterion of criteria) files.push(await exportConditional(model, { criterion, thresholds }));
  files.push(await exportConditional(model, { thresholds, thresholdsAs: 'constants', opset: 21 }));
  files.push(await exportStatic(model));
  // Ranges that fit no image in particular: what the file computes is not looked at.
  const quantization = { get: () => ({ min: -3, max: 3 }) } as unknown as Quantization;
  files.push(await exportConditional(model, { thresholds, quantization }));
  for (const seed of [101, 104, 110, 117, 123]) {
    const network = randomNetwork(seed);
    const each = network.metadata.exits.slice(1).map(() => 0.4);
    files.push(await exportConditional(network, { criterion: 'margin', thresholds: each }));
  }
  return files;
}
