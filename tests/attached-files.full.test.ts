import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AttachedDocument } from '@earlyexit/attach';
import { loadSession, loadStagedSession } from '@earlyexit/inference/onnx';
import { loadOpenvino } from '@earlyexit/inference/openvino';
import { findOpenvino } from '@earlyexit/native-engines';
import { temporaryFolder } from '@earlyexit/testing';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { colourImages, colourNetwork } from '../packages/attach/src/testing/colour-networks';
import { installPackage } from '../apps/cli/src/testing/install-package';
import { runCommand } from '../apps/cli/src/testing/run-command';

const IMAGES = 400;
const SIDE = 8;
const TRANSFORMERS = '@huggingface/transformers@4.3.1';
const COLOURS = ['a-red', 'b-green', 'c-blue'];
const images = colourImages(IMAGES);
const feed = { data: images.bytes, count: IMAGES };

/** What a stranger's program does with a model folder, with nothing but transformers.js. */
const program = `
import { AutoModel, AutoProcessor, env, load_image, pipeline } from '@huggingface/transformers';
const [folder, ...files] = process.argv.slice(1);
env.allowRemoteModels = false;
const offline = { local_files_only: true };
const classify = await pipeline('image-classification', folder, offline);
const labels = (await classify(files)).map(([first]) => first.label);
const model = await AutoModel.from_pretrained(folder, offline);
const processor = await AutoProcessor.from_pretrained(folder, offline);
const { exit_index } = await model(await processor(await Promise.all(files.map((file) => load_image(file)))));
console.log(JSON.stringify({ labels, exits: [...exit_index.data].map(Number) }));
`;

let folder = '';
const at = (name: string): string => join(folder, name);
const photo = (row: number): string => at(`photos/${COLOURS[images.labels[row]!]!}/${String(row)}.png`);

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(at('small.onnx'), colourNetwork({ stride: 4 }));
  await writeFile(at('large.onnx'), colourNetwork({ depth: 24, scale: 60, softmax: true }));
  for (const colour of COLOURS) await mkdir(at(`photos/${colour}`), { recursive: true });
  const raw = { width: SIDE, height: SIDE, channels: 3 } as const;
  const size = SIDE * SIDE * 3;
  for (let row = 0; row < IMAGES; row++) {
    await sharp(images.bytes.subarray(row * size, (row + 1) * size), { raw })
      .png()
      .toFile(photo(row));
  }
});

async function ran(...args: string[]): Promise<Awaited<ReturnType<typeof runCommand>>> {
  const result = await runCommand(args);
  expect(result.code, `${args.join(' ')}\n${result.stderr}`).toBe(0);
  return result;
}

// The other two of the four are those of quantize-attached.full.test.ts and of attached.test.ts.
describe.each([
  ['attached', 'int8'],
  ['cascaded', 'float32'],
])('%s, %s', (kind, dtype) => {
  const own = (name: string): string => at(`${kind}-${dtype}-${name}`);
  let document: AttachedDocument;

  beforeAll(async () => {
    const networks =
      kind === 'attached'
        ? ['attach', at('large.onnx'), own('fast.onnx'), '--exits', '10%', '50%', '--hidden', '0']
        : ['cascade', at('small.onnx'), at('large.onnx'), own('fast.onnx')];
    const given = ['--images', at('photos'), '--mean', '0', '--std', '1', '--risk', '0.05', '--dtype', dtype];
    const places = [
      ...['--staged', own('stages'), '--folder', own('hub'), '--static', own('plain.onnx')],
      ...['--report', own('report.html'), '--thresholds-as', 'input', '--classes', ...COLOURS],
    ];
    document = (
      await ran(...networks, ...given, ...places, '--batches', '16', '--json')
    ).json() as typeof document;
  });

  it('says what it does, what it promises and how fast it is', async () => {
    const { timing, promise, agreement } = document;
    expect(document).toMatchObject({ dtype, file: own('fast.onnx') });
    expect(promise).toMatchObject({ risk: 0.05, kept: true });
    expect(timing).toHaveLength(1);
    expect(timing![0]!.speedup).toBeGreaterThan(0);
    expect(document.report.speedup).toBe(timing![0]!.speedup);
    expect(document.report.different).toBe(document.differentAnswers);
    if (dtype === 'int8') expect(agreement!.every(({ share }) => share > 0.9)).toBe(true);
    expect(await readFile(own('report.html'), 'utf8')).toContain('images leave');
  });

  it('is one network for every tool', async () => {
    const session = await loadSession(own('fast.onnx'), { threads: 1 });
    expect(session.file).toMatchObject({ dtype, origin: 'foreign' });
    const answers = await session.run(feed);
    session.dispose();
    expect(new Set(answers.exits).size).toBeGreaterThan(1);
    // Scores near a threshold may fall on either side where a runtime rounds otherwise.
    const few = IMAGES / (dtype === 'int8' ? 25 : 100);
    const expectSame = (classes: ArrayLike<number>, exits: ArrayLike<number>): void => {
      const differ = (all: ArrayLike<number>, others: ArrayLike<number>): number =>
        Array.from(all).filter((each, row) => each !== others[row]).length;
      expect(differ(classes, answers.classes)).toBeLessThanOrEqual(few);
      expect(differ(exits, answers.exits)).toBeLessThanOrEqual(few);
    };

    const staged = await loadStagedSession(join(own('stages'), 'manifest.json'), { threads: 1 });
    const byStages = await staged.run(feed);
    staged.dispose();
    expectSame(byStages.classes, byStages.exits);

    for (const place of ['fast.onnx', 'stages', 'hub']) {
      const answered = (await ran('predict', own(place), photo(0), photo(1), '--json')).json() as {
        readonly label: string;
        readonly exit: number;
      }[];
      expect(answered.map(({ label }) => label)).toEqual([0, 1].map((row) => COLOURS[answers.classes[row]!]));
    }

    const data = ['--dataset', 'image-folder', '--data-dir', at('photos'), '--json'];
    const right: number[] = [];
    for (const place of ['plain.onnx', 'fast.onnx', 'stages']) {
      const { top1 } = (await ran('evaluate', own(place), ...data)).json() as { top1: number };
      right.push(top1);
    }
    expect(right[0]).toBeGreaterThan(0.9);
    expect(right[1]).toBe(right[2]);
    // Of the 40 images of the test split, more than five hardly ever differ where one of twenty may.
    expect(right[1]).toBeGreaterThan(right[0]! - 6 / 40);
    for (const place of dtype === 'int8' ? ['fast.onnx'] : ['stages']) {
      const page = own(`${place}.html`);
      const reported = (await ran('report', own(place), '--out', page, ...data)).json() as { top1: number };
      expect(reported.top1).toBe(right[1]);
      expect(await readFile(page, 'utf8')).not.toContain('calibration images, where');
    }
    const timed = (
      await ran(
        ...['bench', own('fast.onnx'), '--static', own('plain.onnx')],
        ...['--batches', '8', '--rounds', '2', '--images', '16', '--json'],
      )
    ).json() as { rows: { variant: string; speedup: number | null }[] };
    expect(timed.rows.map(({ variant }) => variant)).toEqual(['static', 'early-exit']);
    const { conditionals } = (await ran('doctor', own('fast.onnx'), '--json')).json() as {
      conditionals: number;
    };
    expect(conditionals).toBe(kind === 'attached' ? 2 : 1);
  });

  it('runs on OpenVINO', async (context) => {
    const openvino = findOpenvino();
    if (openvino === null) return context.skip('earlyexit engine install openvino');
    const runtime = await loadOpenvino({ library: openvino.library });
    const [here, there] = [
      await loadSession(own('fast.onnx'), { threads: 1 }),
      await loadSession(own('fast.onnx'), { threads: 1, runtime }),
    ];
    const [expected, answers] = [await here.run(feed), await there.run(feed)];
    const differ = answers.classes.filter((answer, row) => answer !== expected.classes[row]).length;
    expect(differ).toBeLessThanOrEqual(IMAGES / 50);
    expect(new Set(answers.exits)).toEqual(new Set(expected.exits));
    here.dispose();
    there.dispose();
  });

  it('is loaded by stock transformers.js', async (context) => {
    const installed = await installPackage(TRANSFORMERS);
    if ('reason' in installed) return context.skip(installed.reason);
    const rows = Array.from({ length: 12 }, (_, row) => row);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program, own('hub'), ...rows.map(photo)],
      { cwd: installed.folder, maxBuffer: 1e8 },
    );
    const { labels, exits } = JSON.parse(stdout) as { labels: string[]; exits: number[] };
    const session = await loadSession(
      join(own('hub'), 'onnx', dtype === 'int8' ? 'model_quantized.onnx' : 'model.onnx'),
    );
    const answers = await session.run({ data: images.bytes.subarray(0, 12 * SIDE * SIDE * 3), count: 12 });
    session.dispose();
    expect(labels).toEqual([...answers.classes].map((answer) => COLOURS[answer]));
    expect(exits).toEqual([...answers.exits]);
  });
});
