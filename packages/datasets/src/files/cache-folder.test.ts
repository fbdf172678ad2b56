import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { cacheFolder } from './cache-folder';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('EARLYEXIT_CACHE decides, unless it is empty', () => {
  vi.stubEnv('EARLYEXIT_CACHE', '/data/cache');
  expect(cacheFolder()).toBe('/data/cache');
  vi.stubEnv('EARLYEXIT_CACHE', '');
  expect(cacheFolder()).not.toBe('');
});

test.skipIf(process.platform !== 'linux')('the XDG folder, or ~/.cache (Linux only)', () => {
  vi.stubEnv('EARLYEXIT_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', '/xdg');
  expect(cacheFolder()).toBe('/xdg/earlyexit');
  vi.stubEnv('XDG_CACHE_HOME', '');
  expect(cacheFolder()).toBe(join(homedir(), '.cache', 'earlyexit'));
});

test.each([
  ['darwin', join(homedir(), 'Library', 'Caches', 'earlyexit')],
  ['win32', join('/local', 'earlyexit')],
])('the cache folder of %s', (platform, expected) => {
  vi.stubEnv('EARLYEXIT_CACHE', '');
  vi.stubEnv('LOCALAPPDATA', '/local');
  vi.stubGlobal('process', { ...process, platform });
  expect(cacheFolder()).toBe(expected);
});
