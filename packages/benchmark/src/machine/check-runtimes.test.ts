import { selectEngine } from '@earlyexit/backend';
import { expect, it, vi } from 'vitest';
import { checkRuntimes } from './check-runtimes';

it('lets onnxruntime run a tiny network, and says how to get an OpenVINO that is missing', async () => {
  await selectEngine('wasm');
  vi.stubEnv('EARLYEXIT_ENGINES', '/nowhere');
  const [onnxruntime, openvino] = await checkRuntimes();
  vi.unstubAllEnvs();
  expect(onnxruntime).toMatchObject({
    name: 'onnxruntime',
    available: true,
    remedy: null,
    selfTest: { ok: true },
  });
  expect(openvino).toMatchObject({ name: 'openvino', available: false, selfTest: null });
  expect(openvino?.remedy).toMatch(/earlyexit engine install openvino/);
  expect((await checkRuntimes())[1]?.selfTest?.ok).not.toBe(false);
});
