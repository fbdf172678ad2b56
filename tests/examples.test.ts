import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { openDataset, splitDataset } from '@earlyexit/datasets';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional } from '@earlyexit/onnx';
import { adam, train } from '@earlyexit/trainer';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, programsOf, run } from './packed';
import { readText, root } from './workspace';

const fiveLines = 'examples/five-lines.mjs';
const twentyLines = 'examples/twenty-lines.mjs';
const promise = 'examples/promise.mjs';
const runtimeAlone = 'examples/onnxruntime-alone.mjs';

/** What the program says that it prints. */
function promisedBy(example: string): readonly string[] {
  return programsOf(`\`\`\`js\n${readText(example)}\`\`\`\n`)[0]!.prints;
}

/** Weights and engines differ from machine to machine in the last digits: only the words must agree. */
function withoutNumbers(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/\d+(\.\d+)?/g, '#'));
}

let work = '';

beforeAll(async () => {
  await selectEngine('wasm');
  work = mkdtempSync(join(tmpdir(), 'earlyexit-examples-'));
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the examples, as a user of the built packages runs them', () => {
  it('classify an image in five lines, with a network such as the quickstart trains', async () => {
    const mnist = splitDataset(await openDataset('mnist'), { limit: 3_000 });
    const model = createModel('b_lenet', { preprocessing: preprocessingOf(await openDataset('mnist')) });
    await train({ model, train: mnist.train, epochs: 1, batchSize: 64, optimizer: adam() });
    const policy = { criterion: 'max-probability', thresholds: [0.6], temperatures: [1, 1] } as const;
    await saveModel(withMetadata(model, { policy }), join(work, 'earlyexit-quickstart/model/best'));
    model.model.dispose();
    cpSync(join(root, 'examples/seven.png'), join(work, 'examples/seven.png'));

    const { stdout } = await run(process.execPath, [join(root, fiveLines)], work);
    expect(linesOf(stdout)).toEqual(promisedBy(fiveLines));
  });

  it('train a network of one’s own on one’s own images in twenty', async () => {
    await writePhotos(join(work, 'photos'), [0, 1, 7], 80);

    const { stdout } = await run(process.execPath, [join(root, twentyLines)], work);
    const promised = promisedBy(twentyLines);
    expect(promised.length).toBeGreaterThan(0);
    expect(withoutNumbers(linesOf(stdout))).toEqual(withoutNumbers(promised));

    const saved = await loadModel(join(work, 'my-network'));
    expect(saved.metadata.classes).toEqual(['0', '1', '7']);
    expect(saved.metadata.policy?.thresholds).toHaveLength(1);
    saved.model.dispose();
  });

  it('promise on cached logits what holds on others', async () => {
    const { stdout } = await run(process.execPath, [join(root, promise)], work);
    expect(linesOf(stdout)).toEqual(promisedBy(promise));
  });

  it('run an exported network on onnxruntime-node alone', async () => {
    const model = createModel('b_lenet');
    const policy = { criterion: 'max-probability', thresholds: [0.5] } as const;
    const file = join(work, 'network.onnx');
    writeFileSync(file, await exportConditional(model, policy));
    model.model.dispose();
    const { stdout } = await run(process.execPath, [join(root, runtimeAlone), file], work);
    expect(linesOf(stdout)).toEqual(promisedBy(runtimeAlone));
  });

  it.each([fiveLines, twentyLines])('stand in the README word for word: %s', (example) => {
    expect(programsOf(readText('README.md')).map(({ source }) => source)).toContain(readText(example));
  });

  it.each([
    [fiveLines, 5],
    [twentyLines, 20],
  ])('have as many lines as they say: %s', (example, lines) => {
    const statements = readText(example)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('import ') && !line.startsWith('//'));
    expect(statements).toHaveLength(lines);
  });
});

function preprocessingOf(source: Awaited<ReturnType<typeof openDataset>>) {
  const { imageShape: inputShape, mean, standardDeviation } = source;
  return { inputShape, mean, standardDeviation };
}

/** Writes real digits as a folder of colour images, one sub-folder a class. */
async function writePhotos(folder: string, digits: readonly number[], count: number): Promise<void> {
  const { validation } = splitDataset(await openDataset('mnist'));
  for (const digit of digits) {
    mkdirSync(join(folder, String(digit)), { recursive: true });
    const rows = [...validation.labels.keys()].filter((row) => validation.labels[row] === digit);
    for (const row of rows.slice(0, count)) {
      const bytes = await validation.bytes(Int32Array.of(row));
      const image = sharp(bytes, { raw: { width: 28, height: 28, channels: 1 } });
      await image
        .toColourspace('srgb')
        .png()
        .toFile(join(folder, String(digit), `${row}.png`));
    }
  }
}
