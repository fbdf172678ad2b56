import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata, type MultiExitModel } from '@earlyexit/branch-head';
import { EarlyExitError } from '@earlyexit/core';
import { listCriteria, type Threshold } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import { exportConditional, exportStaged, exportStatic } from '@earlyexit/onnx';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSession } from '../tfjs/create-session';
import { streamAnswers } from '../stream-answers';
import { loadSession } from './load-session';

const folder = await temporaryFolder();
const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);
const COUNT = 23;
const preprocessing = {
  inputShape: [8, 8, 3],
  mean: [0.5, 0.4, 0.3],
  standardDeviation: [0.2, 0.25, 0.3],
} as const;
let model: MultiExitModel;
let bytes: Uint8Array;
const images = {
  data: Uint8Array.from({ length: COUNT * 192 }, (_, i) => (i * 7919 + (i >> 5) * 104_729) % 256),
  count: COUNT,
};

beforeAll(async () => {
  await selectEngine('cpu');
  const policy = { criterion: 'margin', thresholds: [0.05, null], temperatures: [1.5, 2, 0.7] } as const;
  model = withMetadata(createModel('test_resnet_2exits', { preprocessing }), { policy });
  bytes = await exportConditional(model);
});

/** The median of the scores at an exit, so that some leave there and some do not. */
async function thresholdsFor(criterion: (typeof criteria)[number]): Promise<Threshold[]> {
  const session = createSession(model);
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
  return thresholds;
}

it.each(criteria)('answers as the TensorFlow.js session does, under %s', async (criterion) => {
  const thresholds = await thresholdsFor(criterion);
  const session = await loadSession(await exportConditional(model, { criterion, thresholds }), {
    threads: 1,
  });
  for (const options of [
    {},
    { batchSize: 7 },
    { thresholds: ['never', 'never'] as const },
    { thresholds: ['always', 'never'] as const },
  ]) {
    const answers = await session.run(images, options);
    const expected = await createSession(model).run(images, { criterion, thresholds, ...options });
    expect(answers.exits).toEqual(expected.exits);
    expect(answers.classes).toEqual(expected.classes);
    expect(answers.macs).toEqual(expected.macs);
    answers.scores.forEach((score, i) => expect(score).toBeCloseTo(expected.scores[i]!, 4));
    if (criterion === 'ensemble') continue;
    answers.probabilities.forEach((value, i) => expect(value).toBeCloseTo(expected.probabilities[i]!, 4));
    answers.logits.forEach((value, i) => expect(value).toBeCloseTo(expected.logits[i]!, 4));
  }
  session.dispose();
});

it.each([
  ['with its exits inside', exportConditional],
  ['without exits', exportStatic],
])('tells what a file %s was fitted on', async (_, write) => {
  const fittedOn = [{ what: 'int8-ranges', fingerprint: 'cifar10 validation 1f', samples: 256 }] as const;
  const session = await loadSession(await write(withMetadata(model, { fittedOn })), { threads: 1 });
  expect(session.metadata.fittedOn).toEqual(fittedOn);
  expect(session.file.network.fittedOn).toEqual(fittedOn);
  session.dispose();
  const [{ samples, ...half }] = fittedOn;
  expect(samples).toBe(256);
  const damaged = { ...model, metadata: { ...model.metadata, fittedOn: [half as (typeof fittedOn)[0]] } };
  await expect(loadSession(await write(damaged))).rejects.toThrow('fittedOn lists what was fitted');
});

describe('a source', () => {
  it('is a path, a file URL, an http URL, a Blob, or bytes', async () => {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, bytes);
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/model.onnx' ? 200 : 404).end(bytes);
    }).listen(0);
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const expected = (await createSession(model).run(images)).exits;
    for (const source of [
      path,
      pathToFileURL(path),
      pathToFileURL(path).href,
      `${origin}/model.onnx`,
      bytes,
      bytes.buffer as ArrayBuffer,
      new Blob([Uint8Array.from(bytes)]),
    ]) {
      const session = await loadSession(source, { threads: 1 });
      expect((await session.run(images)).exits).toEqual(expected);
      session.dispose();
    }
    await expect(loadSession(`${origin}/other.onnx`)).rejects.toThrow('404');
    server.close();
    await expect(loadSession(join(folder, 'missing.onnx'))).rejects.toThrow(
      /missing\.onnx: there is an ONNX file.*nothing/,
    );
    await expect(loadSession(folder)).rejects.toThrow('a folder');
  });

  it('is refused where a byte differs, or some are missing, or it is something else', async () => {
    for (let at = 0; at < bytes.length; at += 997) {
      const other = bytes.slice();
      other[at]! ^= 1 << (at % 8);
      await expect(loadSession(other)).rejects.toSatisfy(EarlyExitError.is);
      await expect(loadSession(bytes.subarray(0, at))).rejects.toSatisfy(EarlyExitError.is);
    }
    await expect(loadSession(new TextEncoder().encode('not a network'))).rejects.toThrow('ONNX file');
    const [stage] = (await exportStaged(model)).files.values();
    await expect(loadSession(stage!)).rejects.toThrow('one stage');
  });
});

it('runs a file without exits as a network with the final exit alone', async () => {
  const session = await loadSession(await exportStatic(model), { threads: 1 });
  const answers = await session.run(images);
  const expected = await createSession(model).run(images, { thresholds: ['never', 'never'] });
  expect(answers.classes).toEqual(expected.classes);
  expect(answers.macs[0]).toBe(model.metadata.staticMacs);
  expect(session.metadata.exits).toHaveLength(1);
  await expect(session.run(images, { thresholds: [0.5] })).rejects.toThrow('0 early exits');
  session.dispose();
});

describe('options', () => {
  it('cannot change what is built into the file', async () => {
    const session = await loadSession(bytes, { threads: 1 });
    await expect(session.run(images, { criterion: 'entropy' })).rejects.toThrow(
      'criterion is built into the file: margin',
    );
    await expect(session.run(images, { temperatures: [1, 1, 1] })).rejects.toThrow(
      'temperatures is built into',
    );
    await expect(session.run(images, { thresholds: [0.5] })).rejects.toThrow('2 early exits');
    session.dispose();
    const constant = await loadSession(await exportConditional(model, { thresholdsAs: 'constants' }));
    await expect(constant.run(images, { thresholds: [0.5, 0.5] })).rejects.toThrow(
      'thresholds is built into the file: 0.05, never',
    );
    expect((await constant.run(images)).exits).toEqual((await createSession(model).run(images)).exits);
    constant.dispose();
    const bare = await loadSession(await exportConditional(model, { criterion: 'energy' }));
    await expect(bare.run(images)).rejects.toThrow('exported without thresholds');
    bare.dispose();
    await expect(loadSession(bytes, { threads: 0 })).rejects.toThrow('positive integer');
  });

  it('keep every image within a cap that is fed, or built in', async () => {
    const never = ['never', 'never'] as const;
    const [, { macs: cap }] = model.metadata.exits as [unknown, { macs: number }];
    const session = await loadSession(bytes, { threads: 1 });
    expect(new Set((await session.run(images, { thresholds: never, maxMacs: cap })).exits)).toEqual(
      new Set([1]),
    );
    await expect(session.run(images, { maxMacs: 1 })).rejects.toThrow(/maxMacs.*some exit costs no more/);
    session.dispose();
    const options = { thresholds: never, maxMacs: cap, thresholdsAs: 'constants' } as const;
    const constant = await loadSession(await exportConditional(model, options), { threads: 1 });
    expect(new Set((await constant.run(images)).exits)).toEqual(new Set([1]));
    await expect(constant.run(images, { maxMacs: cap - 1 })).rejects.toThrow('built into the file');
    constant.dispose();
  });

  it('stop a run between two batches, and the reading', async () => {
    const session = await loadSession(bytes, { threads: 1 });
    const controller = new AbortController();
    const run = session.run(images, { batchSize: 1, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    await expect(loadSession(bytes, { signal: controller.signal })).rejects.toThrow('enough');
    session.dispose();
    await expect(session.run(images)).rejects.toThrow('disposed');
  });
});

it('refuses images that hold NaN, and answers none with nothing', async () => {
  const session = await loadSession(bytes, { threads: 1 });
  const data = new Float32Array(2 * 192);
  data[200] = NaN;
  await expect(session.run({ data, count: 2 })).rejects.toThrow('image 1');
  expect((await session.run({ data: new Uint8Array(0), count: 0 })).count).toBe(0);
  session.dispose();
});

it('classifies a stream one batch at a time, asking for the next when the answers were taken', async () => {
  const session = await loadSession(bytes, { threads: 1 });
  let asked = 0;
  function* each(): Generator<Uint8Array> {
    for (; asked < COUNT; asked++) yield images.data.subarray(asked * 192, (asked + 1) * 192);
  }
  const exits: number[] = [];
  for await (const { offset, answers } of streamAnswers(session, each(), { batchSize: 5 })) {
    expect(offset).toBe(exits.length);
    expect(asked).toBeLessThanOrEqual(offset + 5);
    exits.push(...answers.exits);
  }
  expect(exits).toEqual([...(await session.run(images)).exits]);
  session.dispose();
});

describe('a trained network by its name', () => {
  it('is opened where it ships, with the thresholds of its card', async () => {
    const session = await loadSession('b_lenet.mnist');
    expect(session.metadata.policy?.thresholds).toHaveLength(1);
    const { exits } = await session.run({ data: new Uint8Array(3 * 28 * 28), count: 3 });
    expect(exits).toHaveLength(3);
    session.dispose();
  });

  it('that does not ship is an error with the nearest one', async () => {
    await expect(loadSession('b_lenet.mnst')).rejects.toThrow(
      /or a trained network of this name. Received: neither. Did you mean b_lenet.mnist/,
    );
  });
});
