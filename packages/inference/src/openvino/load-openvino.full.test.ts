import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { findOpenvino, installOpenvino } from '@earlyexit/native-engines';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { listCriteria, type Threshold } from '@earlyexit/exit-criteria';
import { createModel, listModels } from '@earlyexit/model-zoo';
import { exportConditional, exportStaged, exportStatic } from '@earlyexit/onnx';
import { smallForms, specialLayers } from '@earlyexit/testing/networks';
import { noiseImages, temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSession, type OnnxSessionOptions } from '../onnx/load-session';
import type { OnnxRuntime } from '../onnx/runtime';
import { loadStagedSession } from '../onnx/staged/load-staged-session';
import type { Session } from '../session/session';
import { loadOpenvino } from './load-openvino';

// 60 MB are downloaded, unless OpenVINO is in the user's cache.
const isHere = process.platform === 'linux' && process.arch === 'x64';
const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);
const COUNT = 71;
const preprocessing = {
  inputShape: [8, 8, 3],
  mean: [0.5, 0.4, 0.3],
  standardDeviation: [0.2, 0.25, 0.3],
} as const;
const images = {
  data: Uint8Array.from({ length: COUNT * 192 }, (_, i) => (i * 7919 + (i >> 5) * 104_729) % 256),
  count: COUNT,
};
const folder = await temporaryFolder();
let openvino: OnnxRuntime;
let model: MultiExitModel;

describe.skipIf(!isHere)('OpenVINO (Linux on x64 only)', () => {
  beforeAll(async () => {
    await selectEngine('cpu');
    const { library } = findOpenvino() ?? (await installOpenvino({ folder: join(folder, 'engines') }));
    openvino = await loadOpenvino({ library });
    model = createModel('test_resnet_2exits', { preprocessing });
  });

  it.each(Object.entries(specialLayers))('runs %s as onnxruntime does', async (_, network) => {
    const file = await exportStatic(network());
    const batch = { data: noiseImages(5, [6, 5, 3]), count: 5 };
    const [expected, session] = [await loadSession(file), await loadSession(file, { runtime: openvino })];
    const { logits } = await session.run(batch);
    (await expected.run(batch)).logits.forEach((value, i) => expect(logits[i]).toBeCloseTo(value, 4));
    session.dispose();
    expected.dispose();
  });

  /** A threshold in the middle of the scores at each exit, with room around it. */
  async function middleThresholds(session: Session): Promise<Threshold[]> {
    const thresholds: Threshold[] = [];
    for (const words of [
      ['always', 'always'],
      ['never', 'always'],
    ] as Threshold[][]) {
      const { scores } = await session.run(images, { thresholds: words });
      const sorted = [...scores].sort((a, b) => a - b);
      const middle = sorted.findIndex((score, i) => i >= COUNT / 2 && score - sorted[i - 1]! > 1e-4);
      thresholds.push(middle < 0 ? 'never' : (sorted[middle]! + sorted[middle - 1]!) / 2);
    }
    return thresholds;
  }

  async function expectSameAnswers(
    one: Session,
    other: Session,
    options: Parameters<Session['run']>[1],
  ): Promise<void> {
    const expected = await one.run(images, options);
    const answers = await other.run(images, options);
    expect(answers.exits).toEqual(expected.exits);
    expect(answers.classes).toEqual(expected.classes);
    expect(answers.macs).toEqual(expected.macs);
    const differs = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
      Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    expect(differs(answers.scores, expected.scores)).toBeLessThan(1e-5);
    expect(differs(answers.logits, expected.logits)).toBeLessThan(1e-4);
  }

  it.each(criteria)('answers as onnxruntime does, under %s', async (criterion) => {
    const file = await exportConditional(model, { criterion });
    const onOnnxruntime = await loadSession(file, { threads: 1 });
    const thresholds = await middleThresholds(onOnnxruntime);
    for (const each of [file, await exportConditional(model, { criterion, runtime: 'openvino' })]) {
      const session = await loadSession(each, { threads: 1, runtime: openvino });
      // Each size comes often enough to be compiled for by itself, and all of them are more than are kept.
      for (const batchSize of [1, 7, 64, 1]) {
        for (const limits of [
          thresholds,
          ['never', 'never'],
          ['always', 'never'],
          ['never', 'always'],
        ] as const) {
          await expectSameAnswers(onOnnxruntime, session, { thresholds: limits, batchSize });
        }
      }
      const distinct = new Set((await session.run(images, { thresholds })).exits);
      if (criterion !== 'patience') expect(distinct.size).toBeGreaterThan(1);
      session.dispose();
    }
    onOnnxruntime.dispose();
  });

  it('runs the stages of a staged export, and files without exits', async () => {
    const { files, manifest } = await exportStaged(model);
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
    const plain = await exportStatic(model);
    for (const open of [
      (options: OnnxSessionOptions) => loadStagedSession(folder, options),
      (options: OnnxSessionOptions) => loadSession(plain, options),
    ]) {
      const session = await open({ threads: 1, runtime: openvino });
      const onOnnxruntime = await open({ threads: 1 });
      const isStaged = session.metadata.exits.length > 1;
      const thresholds = isStaged ? { thresholds: await middleThresholds(onOnnxruntime) } : {};
      for (const batchSize of [1, 64])
        await expectSameAnswers(onOnnxruntime, session, { ...thresholds, batchSize });
      session.dispose();
      onOnnxruntime.dispose();
    }
  });

  it('answers runs that overlap, each with its own', async () => {
    const session = await loadSession(await exportConditional(model), { threads: 1, runtime: openvino });
    const settings = [0.3, 0.35, 0.4, 0.5, 0.6].map((threshold) => ({ thresholds: [threshold, threshold] }));
    const alone = [];
    for (const options of settings) alone.push(await session.run(images, options));
    const runs = settings.map((options) => session.run(images, options));
    // Freed only when the last of them has ended.
    session.dispose();
    expect(await Promise.all(runs)).toEqual(alone);
  });

  it('names itself where a file cannot be run on the device', async () => {
    const file = await exportStatic(model);
    await expect(loadSession(file, { runtime: openvino, executionProvider: 'nonsense' })).rejects.toThrow(
      /OpenVINO can load it.*without the execution provider nonsense/s,
    );
  });

  it.each(smallForms(listModels()))('computes the logits of $name', async ({ name, options }) => {
    const network = createModel(name, options);
    const file = await exportConditional(network, {
      thresholds: network.metadata.exits.slice(1).map(() => 'never'),
    });
    const size = network.model.inputs[0]!.shape.slice(1).reduce<number>(
      (product, axis) => product * axis!,
      1,
    );
    const batch = {
      data: Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i * 12.9898) * 1.5),
      count: 2,
    };
    const session = await loadSession(file, { threads: 2, runtime: openvino });
    const onOnnxruntime = await loadSession(file, { threads: 2 });
    const [own, other] = [await session.run(batch), await onOnnxruntime.run(batch)];
    const scale = other.logits.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    own.logits.forEach((value, i) => expect(Math.abs(value - other.logits[i]!)).toBeLessThan(1e-4 * scale));
    session.dispose();
    onOnnxruntime.dispose();
    network.model.dispose();
  });
});
