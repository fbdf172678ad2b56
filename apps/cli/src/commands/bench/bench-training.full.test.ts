import { expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command';

// Times the built program, so what it says of the machine is left alone here.
it('times training steps on WASM, with one worker and with two', async () => {
  const options = ['b_lenet', '--engine', 'wasm', '--workers', '1', '2', '--batches', '32', '--rounds', '2'];
  const { code, stdout } = await runCommand(['bench', '--training', ...options, '--json', '--quiet']);
  expect(code).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: Record<string, unknown>[] };
  expect(rows.map(({ workers }) => workers)).toEqual([1, 2]);
  for (const row of rows) {
    expect(row).toMatchObject({
      ...{ engine: 'wasm', model: 'b_lenet', threads: 1, batch: 32 },
      ...{ stockMsPerImage: null, peerMsPerImage: null, peerCompiledMsPerImage: null, ratio: null },
    });
    expect(row['msPerImage']).toBeGreaterThan(row['forwardMsPerImage'] as number);
  }
});
