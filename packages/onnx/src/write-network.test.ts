import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { createModel } from '@earlyexit/model-zoo';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, expect, it } from 'vitest';
import { writeNetwork } from './write-network';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);
beforeAll(() => selectEngine('cpu'));

it('writes a file with exits, one without, and stages, and says what it wrote', async () => {
  const network = createModel('test_resnet_2exits');
  const asked = { criterion: 'entropy', thresholds: [0.2, 'never'] } as const;
  const written = await writeNetwork(network, at('exits.onnx'), asked);
  expect(written).toEqual({
    ...{ kind: 'conditional', file: at('exits.onnx'), bytes: (await readFile(at('exits.onnx'))).length },
    ...{ criterion: 'entropy', thresholds: [0.2, null], thresholdsAs: 'input' },
  });
  expect(await writeNetwork(network, at('plain.onnx'), { kind: 'static' })).toMatchObject({
    ...{ kind: 'static', criterion: null, thresholds: null, thresholdsAs: null },
  });
  const staged = await writeNetwork(network, at('stages'), { kind: 'staged' });
  expect(staged).toMatchObject({ kind: 'staged', directory: at('stages'), stages: { length: 3 } });
  expect(await readdir(at('stages'))).toContain('manifest.json');
});

it('writes nothing where thresholds to build in are not known, work was stopped, or another folder lies there', async () => {
  const network = createModel('test_resnet_1exit');
  const constants = writeNetwork(network, at('none.onnx'), { thresholdsAs: 'constants' });
  await expect(constants).rejects.toThrow('must be known');
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(writeNetwork(network, at('none.onnx'), { signal })).rejects.toThrow('enough');
  await mkdir(at('photos'));
  await writeFile(join(at('photos'), 'seven.png'), '');
  const preprocessing = { inputShape: [8, 8, 3], mean: [0, 0, 0], standardDeviation: [1, 1, 1] } as const;
  const known = createModel('test_resnet_1exit', { preprocessing });
  const over = writeNetwork(known, at('photos'), { kind: 'folder', thresholds: [0.5] });
  await expect(over).rejects.toThrow('seven.png');
  expect(await readdir(at('photos'))).toEqual(['seven.png']);
  expect(await readdir(folder)).not.toContain('none.onnx');
});
