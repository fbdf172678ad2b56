import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { findOpenvino, installOpenvino } from '@earlyexit/native-engines';
import { listCriteria } from '@earlyexit/exit-criteria';
import { loadSession } from '@earlyexit/inference/onnx';
import { loadOpenvino } from '@earlyexit/inference/openvino';
import { exportConditional } from '@earlyexit/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomNetwork } from '@earlyexit/testing/networks';
import { fuzzOnnxFiles } from './fuzz-onnx';

// 60 MB are downloaded, unless they are in the user's cache. One file against onnxruntime is the matter of
// packages/inference/src/openvino/load-openvino.full.test.ts.
const isHere = process.platform === 'linux' && process.arch === 'x64';
const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);

describe.skipIf(!isHere)('OpenVINO (Linux on x64 only)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earlyexit-openvino-'));
  let library: string;

  beforeAll(async () => {
    await selectEngine('wasm');
    ({ library } = findOpenvino() ?? (await installOpenvino({ folder })));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answers 120 random networks with random cuts as onnxruntime does', async () => {
    const runtime = await loadOpenvino({ library });
    for (let seed = 100; seed < 220; seed++) {
      const model = randomNetwork(seed);
      const file = await exportConditional(model, { criterion: criteria[seed % criteria.length]! });
      const size = model.model.inputs[0]!.shape.slice(1).reduce<number>((a, b) => a * b!, 1);
      const images = {
        data: Float32Array.from({ length: 9 * size }, (_, i) => Math.sin(i * 12.9898 + seed) * 2),
        count: 9,
      };
      const early = model.metadata.exits.slice(1);
      const session = await loadSession(file, { threads: 1, runtime });
      const onOnnxruntime = await loadSession(file, { threads: 1 });
      for (const thresholds of [
        early.map(() => 'always' as const),
        early.map(() => 'never' as const),
        early.map((_, exit) => (exit % 2 === 0 ? ('never' as const) : ('always' as const))),
      ]) {
        const answers = await session.run(images, { thresholds });
        const expected = await onOnnxruntime.run(images, { thresholds });
        expect(answers.exits, `network ${seed}`).toEqual(expected.exits);
        const scale = expected.logits.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        const difference = expected.logits.reduce(
          (most, value, i) => Math.max(most, Math.abs(value - answers.logits[i]!)),
          0,
        );
        expect(difference, `network ${seed}`).toBeLessThan(1e-4 * scale);
      }
      session.dispose();
      onOnnxruntime.dispose();
      model.model.dispose();
    }
  });

  it('refuses 1,000 mutated and signed files, or runs them, and no process crashes', async () => {
    const summary = await fuzzOnnxFiles(1000, library);
    process.stderr.write(`${summary}\n`);
    expect(summary).toContain('refused');
  });
});
