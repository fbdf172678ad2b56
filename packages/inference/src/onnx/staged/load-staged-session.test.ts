import { cpSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata, type MultiExitModel } from '@earlyexit/branch-head';
import { EarlyExitError } from '@earlyexit/core';
import { type CriterionName, listCriteria, type Threshold } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional, exportStaged, measureRanges, type StagedExport } from '@earlyexit/onnx';
import * as ort from 'onnxruntime-node';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSession } from '../load-session';
import { loadStagedSession } from './load-staged-session';

const scratch = await temporaryFolder();
const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);
const COUNT = 67;
const preprocessing = {
  inputShape: [8, 8, 3],
  mean: [0.5, 0.4, 0.3],
  standardDeviation: [0.2, 0.25, 0.3],
} as const;
const images = {
  data: Uint8Array.from({ length: COUNT * 192 }, (_, i) => (i * 7919 + (i >> 5) * 104_729) % 256),
  count: COUNT,
};
/** A manifest to be changed. */
interface LooseManifest {
  formatVersion: number;
  stages: { file: string; carried: { shape: number[] }[]; inputs: { shape: number[] }[] }[];
}
const temperatures = [1.5, 2, 0.7];
let model: MultiExitModel;
let staged: StagedExport;

beforeAll(async () => {
  await selectEngine('cpu');
  const policy = { criterion: 'margin', thresholds: [0.05, null], temperatures } as const;
  model = withMetadata(createModel('test_resnet_2exits', { preprocessing }), { policy });
  staged = await exportStaged(model);
});
function write(name: string, { manifest, files }: StagedExport = staged): string {
  const folder = join(scratch, name);
  mkdirSync(folder);
  for (const [file, content] of files) writeFileSync(join(folder, file), content);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

/** Thresholds halfway between neighbouring scores, so that rounding decides nothing. */
async function halfway(criterion: CriterionName): Promise<Threshold[]> {
  const session = await loadStagedSession(staged, { threads: 1 });
  const thresholds: Threshold[] = [];
  for (const words of [
    ['always', 'always'],
    ['never', 'always'],
  ] as Threshold[][]) {
    const { scores } = await session.run(images, { criterion, thresholds: words });
    const sorted = [...scores].sort((a, b) => a - b);
    const middle = sorted.findIndex((score, i) => i >= COUNT / 2 && score - sorted[i - 1]! > 1e-4);
    thresholds.push(middle < 0 ? 'never' : (sorted[middle]! + sorted[middle - 1]!) / 2);
  }
  session.dispose();
  return thresholds;
}

describe.each(criteria)('a session over stages, under %s', (criterion) => {
  it.each([1, 7, 64])('answers as the one conditional file does, in batches of %s', async (batchSize) => {
    const session = await loadStagedSession(staged, { threads: 1 });
    const whole = await loadSession(await exportConditional(model, { criterion }), { threads: 1 });
    const policies: Threshold[][] = [
      await halfway(criterion),
      ['never', 'never'],
      ['always', 'never'],
      ['never', 'always'],
    ];
    for (const thresholds of policies) {
      const answers = await session.run(images, { criterion, thresholds, batchSize });
      const expected = await whole.run(images, { thresholds, batchSize });
      expect(answers.exits).toEqual(expected.exits);
      expect(answers.classes).toEqual(expected.classes);
      expect(answers.macs).toEqual(expected.macs);
      answers.scores.forEach((score, i) => expect(score).toBeCloseTo(expected.scores[i]!, 4));
      // Under the ensemble the file's logits are the mean so far, and these are the exit's own.
      if (criterion === 'ensemble') continue;
      answers.probabilities.forEach((value, i) => expect(value).toBeCloseTo(expected.probabilities[i]!, 4));
      answers.logits.forEach((value, i) => expect(value).toBeCloseTo(expected.logits[i]!, 4));
    }
    const [middle, never, always] = policies;
    const exitsOf = async (thresholds: Threshold[]): Promise<Set<number>> =>
      new Set((await session.run(images, { criterion, thresholds, batchSize })).exits);
    expect(await exitsOf(never!)).toEqual(new Set([2]));
    expect(await exitsOf(always!)).toEqual(new Set([0]));
    if (middle![0] !== 'never') expect((await exitsOf(middle!)).size).toBeGreaterThan(1);
    session.dispose();
    whole.dispose();
  });
});

it('computes a stage for the samples that go on, and not at all if there are none', async () => {
  const rows: number[][] = [];
  const create = async (bytes: Uint8Array): ReturnType<typeof ort.InferenceSession.create> => {
    const session = await ort.InferenceSession.create(bytes);
    const seen: number[] = [];
    rows.push(seen);
    return new Proxy(session, {
      get: (target, key) =>
        key === 'run'
          ? (feeds: Record<string, ort.Tensor>) => {
              seen.push(Object.values(feeds)[0]!.dims[0]!);
              return target.run(feeds);
            }
          : (Reflect.get(target, key) as unknown),
    });
  };
  const runtime = { InferenceSession: { create }, Tensor: ort.Tensor, env: {} } as never;
  const session = await loadStagedSession(staged, { runtime });
  const thresholds = await halfway('margin');
  const { exits } = await session.run(images, { thresholds, batchSize: COUNT });
  const reached = (exit: number): number => exits.filter((each) => each >= exit).length;
  expect(rows).toEqual([[COUNT], [reached(1)], reached(2) === 0 ? [] : [reached(2)]]);
  await session.run(images, { thresholds: ['always', 'never'], batchSize: COUNT });
  expect(rows.map((seen) => seen.length)).toEqual([2, 1, reached(2) === 0 ? 0 : 1]);
  session.dispose();
});

it('runs int8 stages, whose features are bytes, as the int8 file', async () => {
  const data = Float32Array.from({ length: 64 * 192 }, (_, i) => Math.sin(i * 1.7) * 2);
  const quantization = await measureRanges(model, {
    async open(file) {
      const session = await ort.InferenceSession.create(file);
      return {
        async run(pixels, count) {
          const results = await session.run({
            pixel_values: new ort.Tensor('float32', pixels, [count, 3, 8, 8]),
          });
          return Object.fromEntries(
            Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]),
          );
        },
        release: () => session.release(),
      };
    },
    async *images() {
      yield Promise.resolve({ data, count: 64 });
    },
  });
  const session = await loadStagedSession(await exportStaged(model, { quantization }), { threads: 1 });
  expect(session.file).toMatchObject({ kind: 'staged', dtype: 'int8', inputShape: [8, 8, 3] });
  const whole = await loadSession(await exportConditional(model, { quantization, criterion: 'entropy' }), {
    threads: 1,
  });
  for (const thresholds of [
    ['never', 'never'],
    ['always', 'never'],
  ] as Threshold[][]) {
    const answers = await session.run(images, { criterion: 'entropy', thresholds });
    const expected = await whole.run(images, { thresholds });
    expect(answers.exits).toEqual(expected.exits);
    answers.logits.forEach((value, i) => expect(value).toBeCloseTo(expected.logits[i]!, 3));
  }
  session.dispose();
  whole.dispose();
});

describe('a source', () => {
  it('is a folder, its manifest as a path or a URL, or what exportStaged gave', async () => {
    const folder = write('whole');
    const server = createServer((request, response) => {
      const name = request.url!.slice(1);
      const content =
        name === 'manifest.json' ? JSON.stringify(staged.manifest) : (staged.files.get(name) ?? null);
      response.writeHead(content === null ? 404 : 200).end(content);
    }).listen(0);
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const manifest = join(folder, 'manifest.json');
    let expected: Int32Array | null = null;
    for (const source of [
      staged,
      folder,
      manifest,
      pathToFileURL(manifest),
      pathToFileURL(manifest).href,
      `${origin}/manifest.json`,
    ]) {
      const session = await loadStagedSession(source, { threads: 1 });
      const { exits } = await session.run(images);
      expect(exits).toEqual((expected ??= exits));
      session.dispose();
    }
    server.close();
    await expect(loadStagedSession(join(scratch, 'none', 'manifest.json'))).rejects.toThrow('nothing');
  });

  it('without a manifest of its own network, or with files of several exports, is refused', async () => {
    const refuse = async (name: string, change: (folder: string) => void, says: RegExp): Promise<void> => {
      const folder = write(name);
      change(folder);
      const error: unknown = await loadStagedSession(folder).catch((cause: unknown) => cause);
      expect(EarlyExitError.is(error), String(error)).toBe(true);
      expect(String(error)).toMatch(says);
    };
    const other = await exportStaged(
      withMetadata(createModel('test_resnet_2exits', { preprocessing, seed: 5 }), {}),
    );
    const edit =
      (change: (manifest: LooseManifest) => void) =>
      (folder: string): void => {
        // As whoever means harm would, and as the first manifests were.
        const { sha256: _, ...rest } = structuredClone(staged.manifest);
        const manifest = rest as unknown as LooseManifest;
        change(manifest);
        writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
      };
    const named = (file: string): ReturnType<typeof edit> =>
      edit((manifest) => (manifest.stages[1]!.file = file));
    await refuse('no-manifest', (folder) => unlinkSync(join(folder, 'manifest.json')), /nothing/);
    await refuse(
      'missing',
      (folder) => unlinkSync(join(folder, staged.manifest.stages[1]!.file)),
      /lies beside its manifest/,
    );
    await refuse(
      'mixed',
      (folder) =>
        writeFileSync(
          join(folder, staged.manifest.stages[1]!.file),
          other.files.get(other.manifest.stages[1]!.file)!,
        ),
      /files are of several exports/,
    );
    await refuse('swapped', named(staged.manifest.stages[2]!.file), /every stage has its own file/);
    await refuse('up', named('../whole/stage1.onnx'), /name a file/);
    await refuse('absolute', named('/etc/passwd'), /name a file/);
    await refuse(
      'link',
      (folder) => {
        cpSync(join(folder, staged.manifest.stages[1]!.file), join(scratch, 'elsewhere.onnx'));
        unlinkSync(join(folder, staged.manifest.stages[1]!.file));
        symlinkSync(join(scratch, 'elsewhere.onnx'), join(folder, staged.manifest.stages[1]!.file));
      },
      /a link to/,
    );
    await refuse(
      'huge',
      edit((manifest) => (manifest.stages[0]!.carried[0]!.shape[0] = 2 ** 40)),
      /every stage takes what the one before/,
    );
    await refuse(
      'huge-both',
      edit((manifest) => {
        manifest.stages[0]!.carried[0]!.shape[0] = 2 ** 40;
        manifest.stages[1]!.inputs[0]!.shape[0] = 2 ** 40;
      }),
      /at most 16777216 numbers|outputs are/,
    );
    await refuse(
      'version',
      edit((manifest) => (manifest.formatVersion = 2)),
      /earlyexit-staged 1/,
    );
    await refuse('json', (folder) => writeFileSync(join(folder, 'manifest.json'), '{'), /is JSON/);
  });

  it('with any value of its manifest changed is refused with an error of ours, or runs', async () => {
    const { sha256, ...rest } = staged.manifest;
    const text = JSON.stringify(rest);
    const values = [...text.matchAll(/(?<=[:,[])("[^"]*"|-?[\d.]+|null)(?=[,\]}])/g)];
    const telling = [
      '0',
      '-1',
      '0.5',
      '1e308',
      'null',
      '"x"',
      '"../x.onnx"',
      '[]',
      '{}',
      `${'['.repeat(9999)}${']'.repeat(9999)}`,
    ];
    let refused = 0;
    let ran = 0;
    for (const [turn, { index, 0: value }] of values.entries()) {
      const by = telling[turn % telling.length]!;
      const manifest = JSON.parse(text.slice(0, index) + by + text.slice(index + value.length)) as object;
      if (by !== value) {
        const whole = { manifest: { ...manifest, sha256 }, files: staged.files };
        const refusal = await loadStagedSession(whole, { threads: 1 }).catch((error: unknown) => error);
        expect(EarlyExitError.is(refusal), `${value} by ${by.slice(0, 20)}`).toBe(true);
      }
      try {
        const session = await loadStagedSession({ manifest, files: staged.files }, { threads: 1 });
        await session.run({ data: images.data.subarray(0, 192), count: 1 }, { thresholds: [0.5, 0.5] });
        session.dispose();
        ran++;
      } catch (error) {
        expect(EarlyExitError.is(error), `${value} by ${by.slice(0, 20)}: ${String(error)}`).toBe(true);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(20);
    expect(ran).toBeGreaterThan(5);
  });
});

it('runs under the calibrated policy, and ends a run when it is told to', async () => {
  const session = await loadStagedSession(staged, { threads: 1 });
  expect(session.metadata.policy).toMatchObject({ criterion: 'margin', thresholds: [0.05, null] });
  const own = await session.run(images);
  expect(own.exits).toEqual((await session.run(images, { thresholds: [0.05, 'never'] })).exits);
  await expect(session.run(images, { thresholds: [0.5] })).rejects.toThrow('2 early exits');
  const controller = new AbortController();
  controller.abort(new Error('enough'));
  await expect(session.run(images, { signal: controller.signal })).rejects.toThrow('enough');
  await expect(loadStagedSession(staged, { signal: controller.signal })).rejects.toThrow('enough');
  await expect(loadStagedSession(staged, { threads: 0 })).rejects.toThrow('loadStagedSession, threads');
  session.dispose();
  await expect(session.run(images)).rejects.toThrow('disposed');
});
