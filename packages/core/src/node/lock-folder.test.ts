import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFolder } from './lock-folder';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earlyexit-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writeLock = (holder: unknown): void => writeFileSync(join(folder, 'lock'), JSON.stringify(holder));

it('keeps a second out, also in the same process, until it is given free', () => {
  const release = lockFolder(folder, 'a training');
  expect(() => lockFolder(folder, 'a calibration')).toThrow(`a training is at work (process ${process.pid}`);
  release();
  expect(readdirSync(folder)).toEqual([]);
  lockFolder(folder, 'a calibration')();
});

it('makes the folder', () => {
  const inner = join(folder, 'a', 'b');
  lockFolder(inner, 'a training')();
  expect(readdirSync(inner)).toEqual([]);
});

it('refuses at once what a live process holds, by its number', () => {
  writeLock({ pid: process.ppid, host: hostname(), activity: 'a training', token: 'x' });
  expect(() => lockFolder(folder, 'a training')).toThrow(`process ${process.ppid}`);
  // The form of older versions.
  writeLock(process.ppid);
  expect(() => lockFolder(folder, 'an installation')).toThrow(
    `an installation is at work (process ${process.ppid})`,
  );
});

it('takes over from a process that has ended', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  for (const holder of [{ pid, host: hostname(), activity: 'a training', token: 'x' }, pid]) {
    writeLock(holder);
    const release = lockFolder(folder, 'a training');
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toContain(`"pid":${process.pid}`);
    release();
    expect(readdirSync(folder)).toEqual([]);
  }
});

it.runIf(process.platform === 'linux')('tells a process from a later one of the same number', () => {
  writeLock({ pid: process.ppid, host: hostname(), processStart: '1', activity: 'a training', token: 'x' });
  lockFolder(folder, 'a training')();
});

it('takes over from an earlier process of its own number, as containers have it', () => {
  writeLock({ pid: process.pid, host: hostname(), activity: 'a training', token: 'of another life' });
  lockFolder(folder, 'a training')();
});

it('cannot know of another machine, and says which file to remove', () => {
  writeLock({ pid: 1, host: `not-${hostname()}`, activity: 'a training', token: 'x' });
  expect(() => lockFolder(folder, 'a training')).toThrow(join(folder, 'lock'));
});

it('takes an empty lock for one that is being written, and takes over an old one', async () => {
  const { utimesSync } = await import('node:fs');
  const path = join(folder, 'lock');
  writeFileSync(path, '');
  expect(() => lockFolder(folder, 'a training')).toThrow('has just begun');
  utimesSync(path, 1, 1);
  lockFolder(folder, 'a training')();
});

it('gives the folder free when the process ends, and lets one of many through', async () => {
  const program = join(folder, 'program.ts');
  const work = join(folder, 'work');
  writeFileSync(
    program,
    `import { lockFolder } from ${JSON.stringify(join(import.meta.dirname, 'lock-folder.ts'))};
     let got = false;
     try { lockFolder(${JSON.stringify(work)}, 'a test'); got = true; } catch {}
     process.send(got);
     process.once('message', () => process.exit());`,
  );
  // Through the bundler, since Node 20 reads no TypeScript.
  const { build } = await import('esbuild');
  const bundle = join(folder, 'program.mjs');
  await build({ entryPoints: [program], outfile: bundle, bundle: true, platform: 'node', format: 'esm' });
  lockFolder(work, 'nobody')();
  writeFileSync(join(work, 'lock'), JSON.stringify({ pid: spawnSync(process.execPath, ['-v']).pid }));
  const children = Array.from({ length: 4 }, () => fork(bundle));
  const got = await Promise.all(
    children.map((child) => new Promise<unknown>((resolve) => child.once('message', resolve))),
  );
  expect(got.filter(Boolean)).toHaveLength(1);
  await Promise.all(
    children.map((child) => {
      child.send('end');
      return new Promise((resolve) => child.once('exit', resolve));
    }),
  );
  expect(readdirSync(work)).toEqual([]);
});
