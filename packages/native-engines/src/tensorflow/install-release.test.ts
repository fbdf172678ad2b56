import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { manifestPath } from '@earlyexit/backend/installed';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../run-command';
import { zip } from '../testing/zip';
import { installRelease } from './install-release';
import type { NativeRelease } from './release';

// The whole way with a wheel of a few bytes, served here, and stand-ins for npm and the compiler. Whether the real ones make
// an engine that computes is the matter of install-tensorflow-engine.full.test.ts.
const base = mkdtempSync(join(tmpdir(), 'earlyexit-install-'));
const wheelBytes = zip({
  'tensorflow/libtensorflow_cc.so.2': 'library',
  'tensorflow/libtensorflow_framework.so.2': 'framework',
  'tensorflow/include/tensorflow/c/c_api.h': 'header',
  'tensorflow/python/big.py': 'not needed',
});
const tarball = join(base, 'package.tgz');
let release: NativeRelease;
let server: Server;
let downloads = 0;
let engines: string;
let tools: string;

/** A command on a PATH of its own; `node` and `/bin/sh` stay reachable. */
function command(name: string, script: string): void {
  const path = join(tools, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

beforeAll(async () => {
  mkdirSync(join(base, 'package', 'binding'), { recursive: true });
  writeFileSync(join(base, 'package', 'binding', 'one.cc'), 'source');
  await runCommand('tar', ['-czf', tarball, 'package'], { cwd: base });
  server = createServer(({ url }, response) => {
    if (url === '/tiny-project/') {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ files: [{ filename: release.wheels[0]!.file, url: '/wheel' }] }));
      return;
    }
    downloads++;
    response.end(wheelBytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  release = {
    version: '0.0.1',
    wheels: [
      {
        ...{ project: 'tiny-project', version: '0.0.1', file: 'tiny_project-0.0.1-py3-none-any.whl' },
        ...{ sha256: createHash('sha256').update(wheelBytes).digest('hex'), bytes: wheelBytes.length },
      },
    ],
    packages: [
      {
        ...{ name: '@tensorflow/tfjs-node', version: '4.22.0' },
        integrity: `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`,
      },
    ],
    neededBytes: 1,
  };
});
afterAll(() => {
  server.close();
  rmSync(base, { recursive: true });
});

beforeEach(() => {
  downloads = 0;
  engines = mkdtempSync(join(base, 'engines-'));
  tools = mkdtempSync(join(base, 'tools-'));
  command('npm', `if [ "$1" = view ]; then echo 4.22.0; else cp ${tarball} "$4/"; fi`);
  command(
    'g++',
    'for last; do :; done; while [ $# -gt 0 ]; do if [ "$1" = -o ]; then echo built > "$2"; fi; shift; done',
  );
  vi.stubEnv('PATH', [tools, '/usr/bin', '/bin'].join(delimiter));
  vi.stubEnv('CXX', join(tools, 'g++'));
  vi.stubEnv('PIP_INDEX_URL', `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  // No pip, wherever the machine keeps it.
  for (const name of ['python3', 'python', 'pip3', 'pip']) command(name, 'exit 1');
});
afterEach(() => vi.unstubAllEnvs());

const verify = (): Promise<{ version: string; usesGpu: boolean }> =>
  Promise.resolve({ version: '0.0.1', usesGpu: false });
const install = (
  options: Partial<Parameters<typeof installRelease>[1]> = {},
): ReturnType<typeof installRelease> => installRelease(release, { gpu: false, engines, verify, ...options });

describe('installRelease', () => {
  it('installs, and does nothing the second time', async () => {
    const steps: string[] = [];
    const first = await install({ onNote: ({ text }) => steps.push(text) });
    expect(first).toMatchObject({ version: '0.0.1', gpu: false, alreadyThere: false, usesGpu: false });
    expect(steps).toEqual([
      'checking compiler, disk space, npm and the Python package index',
      'tiny_project-0.0.1-py3-none-any.whl (0 MB)',
      'unpacking tiny_project-0.0.1-py3-none-any.whl',
      '@tensorflow/tfjs-node 4.22.0 through npm',
      `compiling the binding and the training kernels with ${join(tools, 'g++')}`,
      'computing a convolution with it',
    ]);
    expect(readdirSync(engines)).toEqual(['tensorflow-0.0.1']);
    expect(readFileSync(join(first.folder, 'site/tensorflow/libtensorflow_cc.so.2'), 'utf8')).toBe('library');
    expect(existsSync(join(first.folder, 'site/tensorflow/python'))).toBe(false);
    expect(
      existsSync(join(first.folder, 'node_modules/@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node')),
    ).toBe(true);
    expect(existsSync(join(first.folder, 'downloads'))).toBe(false);
    expect(await install()).toMatchObject({ folder: first.folder, alreadyThere: true });
    expect(downloads).toBe(1);
  });

  it('goes on after an interruption without downloading again', async () => {
    await expect(install({ verify: () => Promise.reject(new Error('pulled the plug')) })).rejects.toThrow(
      'pulled',
    );
    expect(readdirSync(engines)).toEqual(['tensorflow-0.0.1.partial']);
    expect(await install()).toMatchObject({ alreadyThere: false });
    expect(downloads).toBe(1);
    expect(readdirSync(engines)).toEqual(['tensorflow-0.0.1']);
  });

  it('says before any download what is missing: compiler, room, npm, index', async () => {
    vi.stubEnv('CXX', join(tools, 'none'));
    await expect(install()).rejects.toThrow(/CXX.*does not compile C\+\+17.*apt-get install g\+\+/);
    vi.stubEnv('CXX', join(tools, 'g++'));
    await expect(
      installRelease({ ...release, neededBytes: 1e18 }, { gpu: false, engines, verify }),
    ).rejects.toThrow(/1000000000\.0 GB of disk space.*EARLYEXIT_ENGINES/);
    command('npm', 'echo no network >&2; exit 1');
    await expect(install()).rejects.toThrow(
      /registry that npm is configured for \(no network\).*npm config get registry/,
    );
    command('npm', 'echo 4.22.0');
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:1');
    await expect(install()).rejects.toThrow(/cannot be reached/);
    expect(downloads).toBe(0);
  });

  it('takes nothing from npm that is not the pinned package', async () => {
    const [wanted] = release.packages;
    const other = { ...release, packages: [{ ...wanted!, integrity: 'sha512-other' }] };
    await expect(installRelease(other, { gpu: false, engines, verify })).rejects.toThrow(
      /pinned integrity sha512-other/,
    );
  });

  it('lets pip download where there is one, and believes the checksum, not pip', async () => {
    const cached = join(tools, 'cached.whl');
    writeFileSync(cached, wheelBytes);
    const pip = (file: string): void =>
      command(
        'python3',
        `case "$*" in *--version) exit 0;; *index*) echo "tiny-project (0.0.1)";; *download*)
         while [ "$1" != --dest ]; do shift; done; cp ${file} "$2/${release.wheels[0]!.file}";; esac`,
      );
    pip(cached);
    await install();
    expect(downloads).toBe(0);
    writeFileSync(join(tools, 'wrong.whl'), 'another file');
    pip(join(tools, 'wrong.whl'));
    await install({ engines: mkdtempSync(join(base, 'again-')) });
    expect(downloads).toBe(1);
  });

  it('compiles again where the training kernels are of another version', async () => {
    const { folder } = await install();
    const path = manifestPath(folder);
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { kernels: string };
    expect(manifest.kernels).toMatch(/^[0-9a-f]{16}$/);
    writeFileSync(path, JSON.stringify({ ...manifest, kernels: 'older' }));
    expect(await install()).toMatchObject({ alreadyThere: false, kernels: manifest.kernels });
    expect(await install()).toMatchObject({ alreadyThere: true });
  });

  it('keeps a second installation out while one is at work', async () => {
    const work = join(engines, 'tensorflow-0.0.1.partial');
    mkdirSync(work);
    writeFileSync(join(work, 'lock'), String(process.ppid));
    await expect(install()).rejects.toThrow(/another installation is at work/);
    // A process that is no more.
    writeFileSync(join(work, 'lock'), '999999999');
    expect(await install()).toMatchObject({ alreadyThere: false });
  });
});
