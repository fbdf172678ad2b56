import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { DataError, EnvironmentError } from '@earlyexit/core';
import { createModel } from '@earlyexit/model-zoo';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, expect, it, vi } from 'vitest';
import { createSession } from './create-session';
import { loadSession } from './load-session';
import { tf } from '../tf';

const folder = await temporaryFolder();
beforeAll(async () => {
  await selectEngine('cpu');
});

it('loads a network with its policy and preprocessing, answers as the original does, and frees it', async () => {
  const model = withMetadata(
    createModel('test_resnet_2exits', {
      classes: ['cat', 'dog'],
      preprocessing: { inputShape: [8, 8, 3], mean: [0.5, 0.5, 0.5], standardDeviation: [0.1, 0.2, 0.3] },
    }),
    { policy: { criterion: 'patience', thresholds: [null, 2], temperatures: [1, 1, 1] } },
  );
  const directory = join(folder, 'saved');
  await saveModel(model, directory);
  const bytes = Uint8Array.from({ length: 20 * 192 }, (_, index) => (index * index * 31) % 251);
  const expected = await createSession(model).run({ data: bytes, count: 20 });
  expect(new Set(expected.exits)).toEqual(new Set([1, 2]));
  const before = tf.memory().numTensors;
  const session = await loadSession(directory);
  expect(session.metadata.classes).toEqual(['cat', 'dog']);
  expect(await session.run({ data: bytes, count: 20 })).toEqual(expected);
  session.dispose();
  expect(tf.memory().numTensors).toBe(before);
  model.model.dispose();
});

it('says what is wrong with a folder', async () => {
  await expect(loadSession(join(folder, 'nowhere'))).rejects.toThrow(DataError);
  await writeFile(join(folder, 'model.json'), '{}');
  await expect(loadSession(folder)).rejects.toThrow(DataError);
});

it('says that it needs an engine', async () => {
  const spy = vi.spyOn(tf.engine(), 'backendNames').mockReturnValue([]);
  await expect(loadSession(folder)).rejects.toThrow(EnvironmentError);
  spy.mockRestore();
});
