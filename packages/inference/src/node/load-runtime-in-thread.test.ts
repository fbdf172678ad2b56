import { createRequire } from 'node:module';
import { noiseImages } from '@earlyexit/testing';
import { bundle } from '@earlyexit/testing/bundle';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSession } from '../onnx/load-session';
import type { OnnxRuntime } from '../onnx/runtime';
import { loadRuntimeInThread } from './load-runtime-in-thread';

const found = {
  name: 'onnxruntime',
  path: createRequire(import.meta.url).resolve('onnxruntime-node'),
} as const;
let runtime: OnnxRuntime;
beforeAll(async () => {
  const program = await bundle(new URL('../runtime-thread.ts', import.meta.url));
  runtime = await loadRuntimeInThread(found, { program });
});

describe('a runtime in a thread', () => {
  it('answers as on the calling thread, whatever is asked at once', async () => {
    const here = await loadSession('b_lenet.mnist', { threads: 1 });
    const there = await loadSession('b_lenet.mnist', { threads: 1, runtime });
    const images = { data: noiseImages(40, [28, 28, 1]), count: 40 };
    const asked = [{}, { thresholds: ['never'] as const }, { batchSize: 7 }];
    const answers = await Promise.all(asked.map((options) => there.run(images, options)));
    for (const [index, options] of asked.entries()) {
      expect(answers[index]).toEqual(await here.run(images, options));
    }
    here.dispose();
    there.dispose();
  });

  it('leaves the calling thread free while it computes', async () => {
    const session = await loadSession('b_lenet.mnist', { threads: 1, runtime });
    const data = new Float32Array(2000 * 784);
    const started = performance.now();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await session.run({ data, count: 2000 }, { batchSize: 2000, thresholds: ['never'] });
    clearInterval(timer);
    expect(turns).toBeGreaterThan((performance.now() - started) / 20);
    session.dispose();
  });

  it('says what the runtime says', async () => {
    const session = await loadSession('b_lenet.mnist', { threads: 1, runtime });
    await expect(session.run({ data: new Float32Array(784).fill(NaN), count: 1 })).rejects.toThrow(/finite/);
    await expect(runtime.InferenceSession.create(new Uint8Array(9))).rejects.toThrow(/protobuf|parse|load/i);
    const open = await loadRuntimeInThread(
      { ...found, path: '/nowhere.js' },
      { program: import.meta.filename },
    );
    await expect(open.InferenceSession.create(new Uint8Array(9))).rejects.toThrow();
    session.dispose();
    await expect(session.run({ data: new Float32Array(784), count: 1 })).rejects.toThrow(/disposed/);
  });

  it('computes on the calling thread where its program is not there', async () => {
    const inLine = await loadRuntimeInThread(found);
    expect(inLine.env.versions?.node).toBeDefined();
  });
});
