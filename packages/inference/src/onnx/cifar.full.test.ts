import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { selectEngine } from '@earlyexit/backend';
import { computeLogits, type SampleSource } from '@earlyexit/branch-head';
import { listCriteria, evaluateExits, simulate } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional } from '@earlyexit/onnx';
import { expect, it } from 'vitest';
import { preprocess } from '../preprocess';
import { loadSession } from './load-session';

// Where the archive of CIFAR-10 lies: cifar-10-binary.tar.gz in its official layout.
const archive = process.env['EARLYEXIT_CIFAR10'] ?? '';
const SAMPLES = 10_000;
const PIXELS = 1024;
const preprocessing = {
  inputShape: [32, 32, 3] as const,
  mean: [0.4914, 0.4822, 0.4465],
  standardDeviation: [0.247, 0.2435, 0.2616],
};

/** The test images of CIFAR-10 as `[image, height, width, channel]`, read from the tar archive. */
function readTestImages(): Uint8Array {
  const tar = gunzipSync(readFileSync(archive));
  for (let offset = 0; offset < tar.length;) {
    const name = tar.toString('utf8', offset, offset + 100).replace(/\0.*$/s, '');
    const size = parseInt(tar.toString('utf8', offset + 124, offset + 136), 8) || 0;
    if (name.endsWith('test_batch.bin')) {
      const images = new Uint8Array(SAMPLES * PIXELS * 3);
      for (let image = 0; image < SAMPLES; image++) {
        // A byte of label, then the three colours one after the other.
        const start = offset + 512 + image * (1 + PIXELS * 3) + 1;
        for (let i = 0; i < PIXELS * 3; i++) {
          images[image * PIXELS * 3 + (i % PIXELS) * 3 + Math.floor(i / PIXELS)] = tar[start + i]!;
        }
      }
      return images;
    }
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`${archive} holds no test_batch.bin`);
}

it.skipIf(!existsSync(archive))(
  'agrees with the simulator on all test images of CIFAR-10, under every criterion (needs EARLYEXIT_CIFAR10)',
  async () => {
    await selectEngine('wasm');
    const bytes = readTestImages();
    const model = createModel('resnet20_cifar_earlyexit', { preprocessing });
    const size = PIXELS * 3;
    const source: SampleSource = {
      size: SAMPLES,
      labels: new Int32Array(SAMPLES),
      imageShape: [32, 32, 3],
      load: (rows) =>
        Promise.resolve(
          preprocess(bytes.subarray(rows[0]! * size, (rows.at(-1)! + 1) * size), preprocessing),
        ),
    };
    const cached = await computeLogits(model, source);
    for (const criterion of listCriteria()
      .filter(({ needsLabels }) => !needsLabels)
      .map(({ name }) => name)) {
      const temperatures = [1.3, 0.8];
      const [first] = evaluateExits(cached, criterion, temperatures);
      const sorted = [...first!.scores].sort((a, b) => a - b);
      const threshold = criterion === 'patience' ? 2 : (sorted[4999]! + sorted[5000]!) / 2;
      const expected = simulate(cached, { criterion, thresholds: [threshold], temperatures });
      const session = await loadSession(
        await exportConditional(model, { criterion, temperatures, thresholds: [threshold] }),
        { threads: 1 },
      );
      const answers = await session.run({ data: bytes, count: SAMPLES });
      session.dispose();
      let close = 0;
      let largest = 0;
      const different: number[] = [];
      for (let i = 0; i < SAMPLES; i++) {
        // Float32 here against float64 there, on logits of two engines: at the threshold itself either may be right.
        const scores = [first!.scores[i]!, first!.runnerUps?.[i] ?? NaN];
        if (scores.some((score) => Math.abs(score - threshold) < 1e-5)) {
          close++;
          continue;
        }
        if (answers.exits[i] !== expected.exitIndex[i] || answers.classes[i] !== expected.classes[i])
          different.push(i);
        largest = Math.max(largest, Math.abs(answers.scores[i]! - expected.scores[i]!));
      }
      process.stderr.write(
        `${criterion}: ${close} of ${SAMPLES} within 1e-5 of the threshold, scores differ by at most ${largest.toExponential(1)}\n`,
      );
      expect(different).toEqual([]);
      expect(largest).toBeLessThan(1e-5);
    }
  },
);
