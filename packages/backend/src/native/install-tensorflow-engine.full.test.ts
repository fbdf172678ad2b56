import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { selectEngine } from '../select-engine';
import { runSelfTest } from '../self-test';
import { listEngines, removeEngines } from './engine-folder';
import { installTensorflowEngine } from './install-tensorflow-engine';

const folder = mkdtempSync(join(tmpdir(), 'earlyexit-native-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

// 300 MB are downloaded and a compiler is needed.
describe.skipIf(process.platform !== 'linux')('installTensorflowEngine (Linux only)', () => {
  it('makes an engine that computes', async () => {
    const installed = await installTensorflowEngine({ folder });
    expect(installed).toMatchObject({ name: 'tensorflow', gpu: false, alreadyThere: false });
    expect(await installTensorflowEngine({ folder })).toMatchObject({ alreadyThere: true });
    vi.stubEnv('EARLYEXIT_ENGINES', folder);
    const engine = await selectEngine('auto');
    expect(engine).toMatchObject({ name: 'tensorflow', version: installed.version });
    expect((await runSelfTest()).ok).toBe(true);
    expect(removeEngines(folder)).toHaveLength(1);
    expect(listEngines(folder)).toEqual([]);
  });
});
