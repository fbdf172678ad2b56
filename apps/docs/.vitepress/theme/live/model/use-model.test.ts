import { expect, it, vi } from 'vitest';
import { ref } from 'vue';
import type { UnderstoodModel } from './understood-model';
import { useModel } from './use-model';

const made = vi.hoisted(() => ({ exits: [] as ((exitMacs: readonly [number, number]) => void)[] }));

// There is no page: nothing is mounted, and nothing comes into sight.
vi.mock('vue', async (original) => ({ ...(await original<object>()), onMounted: () => undefined }));
vi.mock('../when-seen', () => ({ whenSeen: () => undefined }));
vi.mock('./understood-model', () => ({
  understandModel: (bytes: Uint8Array, name: string) =>
    Promise.resolve({
      ...{ name, bytes, examined: { input: {} } },
      profile: { macs: 100 * bytes.length, places: [{ after: 'first' }, { after: 'second' }] },
    } as unknown as UnderstoodModel),
  exitModel: () =>
    new Promise((resolve) => {
      made.exits.push((exitMacs) => resolve({ file: new Uint8Array(1), exitMacs }));
    }),
}));
vi.mock('./time-exits', () => ({ timeExits: () => Promise.reject(new Error('no such operator')) }));

it('shows a network with its own exit alone, and says why it cannot be timed', async () => {
  const brought = useModel(ref(null));
  const { phase, model, economy, problem } = brought;
  const taken = async (name: string, size: number): Promise<void> => {
    made.exits.length = 0;
    brought.take(new File([new Uint8Array(size)], name));
    await vi.waitUntil(() => made.exits.length > 0);
  };
  await taken('small.onnx', 1);
  expect(model.value).toBeNull();
  made.exits[0]!([40, 110]);
  await vi.waitUntil(() => phase.value === 'ready');
  expect([model.value!.name, economy.value!.leaving]).toEqual(['small.onnx', 0.4]);

  await taken('large.onnx', 10);
  expect([model.value!.name, economy.value!.leaving]).toEqual(['small.onnx', 0.4]);
  made.exits[0]!([300, 1010]);
  await vi.waitUntil(() => phase.value === 'ready');
  expect([model.value!.name, economy.value!.leaving]).toEqual(['large.onnx', 0.3]);

  await brought.time();
  expect(problem.value).toBe('no such operator');
});
