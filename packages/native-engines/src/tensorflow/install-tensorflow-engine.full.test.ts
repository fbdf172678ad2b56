import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeEngines, selectEngine } from '@earlyexit/backend';
import { listEngines } from '@earlyexit/backend/installed';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { installTensorflowEngine } from './install-tensorflow-engine';
import { removeEngines } from './remove-engines';

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
    const [report] = await describeEngines();
    expect(report).toMatchObject({ name: 'tensorflow', selfTest: { ok: true } });
    expect(removeEngines(folder)).toHaveLength(1);
    expect(listEngines(folder)).toEqual([]);
  });
});
