import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { manifestPath } from '@earlyexit/backend/installed';
import { findOpenvino, openvinoFolder, removeOpenvino } from './openvino-folder';

it('finds the newest whole OpenVINO, and removes everything of its own', async () => {
  const engines = await temporaryFolder();
  expect(findOpenvino(join(engines, 'nothing'))).toBe(null);
  for (const version of ['2026.9.0', '2026.10.0']) {
    const folder = openvinoFolder(engines, version);
    mkdirSync(folder);
    writeFileSync(manifestPath(folder), JSON.stringify({ version, installed: '2026-01-01' }));
  }
  mkdirSync(openvinoFolder(engines, '2027.0.0.partial'));
  mkdirSync(join(engines, 'tensorflow-2.21.0'));
  expect(findOpenvino(engines)).toMatchObject({
    name: 'openvino',
    version: '2026.10.0',
    library: join(engines, 'openvino-2026.10.0', 'openvino', 'libs'),
  });
  expect(removeOpenvino(engines)).toMatchObject({ version: '2026.10.0' });
  expect(findOpenvino(engines)).toBe(null);
  expect(existsSync(openvinoFolder(engines, '2027.0.0.partial'))).toBe(false);
  expect(existsSync(join(engines, 'tensorflow-2.21.0'))).toBe(true);
});
