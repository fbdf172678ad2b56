import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { engineFolder, enginesFolder, listEngines } from './engine-folder';
import { manifestPath } from './engine-layout';

afterEach(() => vi.unstubAllEnvs());

function install(engines: string, version: string, gpu: boolean): string {
  const folder = engineFolder(engines, version, gpu);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    manifestPath(folder),
    JSON.stringify({ name: 'tensorflow', version, gpu, installed: '2026-01-01' }),
  );
  return folder;
}

describe('enginesFolder', () => {
  it('is the cache folder of the user, unless another one is named', () => {
    vi.stubEnv('EARLYEXIT_ENGINES', '');
    vi.stubEnv('XDG_CACHE_HOME', '/cache');
    expect(enginesFolder()).toBe('/cache/earlyexit/engines');
    vi.stubEnv('EARLYEXIT_ENGINES', '/elsewhere');
    expect(enginesFolder()).toBe('/elsewhere');
  });
});

describe('listEngines', () => {
  it('knows whole engines only, best first', async () => {
    const engines = await temporaryFolder();
    expect(listEngines(join(engines, 'nothing'))).toEqual([]);
    install(engines, '2.9.1', false);
    install(engines, '2.21.0', false);
    install(engines, '2.21.0', true);
    install(engines, '2.22.0.partial', false);
    mkdirSync(join(engines, 'tensorflow-2.23.0'));
    writeFileSync(manifestPath(join(engines, 'tensorflow-2.23.0')), '{ "version": ');
    mkdirSync(join(engines, 'of somebody else'));
    const found = listEngines(engines).map(({ version, gpu }) => `${version}${gpu ? ' gpu' : ''}`);
    expect(found).toEqual(['2.21.0 gpu', '2.21.0', '2.9.1']);
  });
});
