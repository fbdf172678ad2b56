import { loadSession } from '@earlyexit/inference/onnx';
import { expect, it } from 'vitest';
import { createServer } from './create-server';

const tensor = { name: 'images', datatype: 'UINT8', shape: [1, 28, 28, 1], data: new Array(784).fill(7) };
const outputs = [{ name: 'exit_index' }];

it('answers under the relaxed policy where there is little room, and says so', async () => {
  const session = await loadSession('b_lenet.mnist', { threads: 1 });
  const relaxed = { risk: 0.05, policy: { thresholds: ['always'] as const } };
  const model = { session, name: 'digits', options: { thresholds: ['never'] as const }, relaxed };
  const server = await createServer(model, { maxBatch: 1, queue: 16 });
  const ask = async (parameters = {}, images = 1) => {
    const data = new Array<number>(images * 784).fill(7);
    const inputs = [{ ...tensor, shape: [images, 28, 28, 1], data }];
    const answer = await server.app.inject({
      ...{ method: 'POST', url: '/v2/models/digits/infer' },
      payload: { inputs, outputs, parameters },
    });
    const { outputs: given } = answer.json<{ outputs?: { data: number[] }[] }>();
    return { exit: given?.[0]?.data[0], relaxed: answer.headers['earlyexit-relaxed'] };
  };
  expect(await ask()).toEqual({ exit: 1, relaxed: undefined });
  // As much as fits, where nothing waits, is no pressure.
  expect(await ask({}, 16)).toEqual({ exit: 1, relaxed: undefined });
  const [answers, own] = await Promise.all([
    Promise.all(Array.from({ length: 16 }, () => ask())),
    ask({ thresholds: ['never'] }),
  ]);
  const said = answers.filter((each) => each.relaxed !== undefined);
  expect(said.length).toBeGreaterThan(0);
  for (const each of said) expect(each).toEqual({ exit: 0, relaxed: 'risk=0.05' });
  for (const each of answers.filter((one) => one.relaxed === undefined)) expect(each.exit).not.toBe(0);
  expect(own.relaxed).toBeUndefined();
  const metrics = await server.app.inject({ url: '/metrics' });
  expect(metrics.payload).toContain(
    `earlyexit_relaxed_images_total{model="digits",version="1"} ${said.length}`,
  );
  const about = await server.app.inject({ url: '/v2/models/digits' });
  expect(about.json()).toMatchObject({ parameters: { relaxed } });
  expect(await ask()).toEqual({ exit: 1, relaxed: undefined });
  await server.drain();
  session.dispose();
});

it('refuses a relaxed policy that its network cannot run', async () => {
  const session = await loadSession('b_lenet.mnist', { threads: 1 });
  const relaxed = { risk: 0.05, policy: { thresholds: ['always', 'always'] as const } };
  await expect(createServer({ session, relaxed })).rejects.toThrow(/thresholds/);
  session.dispose();
});
