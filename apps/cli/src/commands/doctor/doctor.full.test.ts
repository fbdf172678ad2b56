import { tmpdir } from 'node:os';
import { afterAll, expect, it, vi } from 'vitest';
import { runCommand } from '../../testing/run-command';
import type { Speed } from '@earlyexit/benchmark';

// What comes with npm alone, whatever else is installed here.
vi.stubEnv('EARLYEXIT_ENGINES', tmpdir());
afterAll(() => vi.unstubAllEnvs());

it('doctor measures forward and training on every engine that works', async () => {
  const ran = await runCommand(['doctor', '--json']);
  expect(ran.code, ran.stderr).toBe(0);
  const { speeds, engines } = ran.json() as {
    speeds: Speed[];
    engines: { name: string; available: boolean }[];
  };
  const working = engines.filter(({ available }) => available).map(({ name }) => name);
  for (const engine of [...working, 'onnxruntime']) {
    expect(speeds.filter((speed) => speed.engine === engine).map(({ model }) => model)).toEqual([
      'b_lenet',
      'resnet20_cifar_earlyexit',
    ]);
  }
  for (const { engine, forwardMsPerImage, stepMsPerImage, imagesPerSecond } of speeds) {
    expect(forwardMsPerImage).toBeGreaterThan(0);
    expect(imagesPerSecond).toBeCloseTo(1000 / (stepMsPerImage ?? forwardMsPerImage), 6);
    if (engine === 'wasm') expect(stepMsPerImage).toBeGreaterThan(forwardMsPerImage);
    if (engine === 'onnxruntime') expect(stepMsPerImage).toBeNull();
  }
}, 300_000);
