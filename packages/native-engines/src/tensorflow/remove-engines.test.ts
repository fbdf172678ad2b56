import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineFolder, listEngines, manifestPath } from '@earlyexit/backend/installed';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { removeEngines } from './remove-engines';

it('removes everything of its own, whole or not, and nothing else', async () => {
  const engines = await temporaryFolder();
  for (const gpu of [false, true]) {
    const folder = engineFolder(engines, '2.21.0', gpu);
    mkdirSync(folder);
    writeFileSync(
      manifestPath(folder),
      JSON.stringify({ name: 'tensorflow', version: '2.21.0', gpu, installed: '2026-01-01' }),
    );
  }
  mkdirSync(join(engines, 'tensorflow-2.22.0.partial'));
  mkdirSync(join(engines, 'of somebody else'));
  expect(removeEngines(engines)).toHaveLength(2);
  expect(listEngines(engines)).toEqual([]);
  expect(readdirSync(engines)).toEqual(['of somebody else']);
  expect(removeEngines(engines)).toEqual([]);
  expect(removeEngines(join(engines, 'nothing'))).toEqual([]);
});
