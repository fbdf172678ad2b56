import '@tensorflow/tfjs-backend-cpu';
import type * as FileSystem from 'node:fs/promises';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { attachExits } from '../attaching/attach-exits';
import { loadModel } from './load-model';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import { saveModel } from './save-model';
import { perceptron, randomizeWeights } from '../test-networks';
import { tf } from '../tf';

/** How many more changes reach the disk; after that nothing does, as if the process had been killed. */
const disk = vi.hoisted(() => ({ changesLeft: Infinity, changes: 0 }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof FileSystem>();
  const change = async <Result>(
    act: () => Promise<Result>,
    partly?: () => Promise<unknown>,
  ): Promise<Result> => {
    disk.changes += 1;
    disk.changesLeft -= 1;
    if (disk.changesLeft >= 0) return act();
    if (disk.changesLeft === -1) await partly?.();
    throw Object.assign(new Error('the process was killed'), { code: 'KILLED' });
  };
  const open: typeof real.open = async (path, flags, mode) => {
    if (flags !== 'wx') return real.open(path, flags, mode);
    const handle = await change(() => real.open(path, flags, mode));
    const write = handle.writeFile.bind(handle);
    handle.writeFile = (data) => {
      const bytes = data as Uint8Array;
      return change(
        () => write(bytes),
        () => write(bytes.subarray(0, bytes.length / 2)),
      );
    };
    return handle;
  };
  return {
    ...real,
    open,
    mkdir: ((...args: Parameters<typeof real.mkdir>) =>
      change(() => real.mkdir(...args))) as typeof real.mkdir,
    rename: (from: string, to: string) => change(() => real.rename(from, to)),
    rm: (path: string, options: object) => change(() => real.rm(path, options)),
  };
});

function network(seed: number): MultiExitModel {
  const multi = attachExits(perceptron(), []);
  randomizeWeights(multi.model, seed);
  return multi;
}

function weightsOf({ model }: MultiExitModel): string {
  return JSON.stringify(model.weights.map((weight) => [...weight.read().dataSync()]));
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a save that is killed', () => {
  it('leaves the old model or the new one, at whatever change to the disk it is', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'earlyexit-killed-'));
    const [old, young] = [network(1), network(2)];
    const outcomes: string[] = [];
    for (let allowed = 0; ; allowed++) {
      const folder = join(scratch, String(allowed));
      disk.changesLeft = Infinity;
      await saveModel(old, folder);
      disk.changesLeft = allowed;
      const killed = await saveModel(young, folder).then(
        () => false,
        () => true,
      );
      disk.changesLeft = Infinity;
      const loaded = weightsOf(await loadModel(folder));
      expect([weightsOf(old), weightsOf(young)]).toContain(loaded);
      outcomes.push(loaded === weightsOf(young) ? 'new' : 'old');
      // The next save goes through and cleans up.
      await saveModel(young, folder);
      expect(weightsOf(await loadModel(folder))).toBe(weightsOf(young));
      expect(await readdir(folder)).toHaveLength(2);
      if (!killed) break;
    }
    // Making the folder, two files (open, write, rename each) and removing the old weights.
    expect(outcomes).toEqual(['old', 'old', 'old', 'old', 'old', 'old', 'old', 'new', 'new']);
    await rm(scratch, { recursive: true, force: true });
  });
});
