import { DataError } from '@earlyexit/core';
import { loadSession } from '@earlyexit/inference/onnx';
import { expect, it, vi } from 'vitest';
import { createServer } from './create-server';
import type { ServedModel } from './models/served-model';

const payload = {
  inputs: [{ name: 'images', datatype: 'UINT8', shape: [1, 28, 28, 1], data: new Array(784).fill(7) }],
  outputs: [{ name: 'class_index' }],
};
const open = async (): Promise<ServedModel> => ({
  session: await loadSession('b_lenet.mnist', { threads: 1 }),
});
const infer = { method: 'POST', url: '/v2/models/digits/infer', payload } as const;

it('opens a model again under load without losing a request, and disposes of the one before', async () => {
  const opened: ServedModel[] = [];
  const reload = async (): Promise<ServedModel> => {
    const model = await open();
    vi.spyOn(model.session, 'dispose');
    opened.push(model);
    return model;
  };
  const first = await reload();
  const server = await createServer({ ...first, name: 'digits' }, { reload });
  const address = await server.listen({ port: 0 });
  const statuses: number[] = [];
  let isLoading = true;
  const clients = Array.from({ length: 8 }, async () => {
    while (isLoading) {
      const answer = await fetch(`${address}/v2/models/digits/infer`, {
        method: 'POST',
        body: JSON.stringify(payload),
      });
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
  });
  for (let round = 0; round < 10; round++) {
    const loaded = await fetch(`${address}/v2/repository/models/digits/load`, { method: 'POST' });
    expect(loaded.status).toBe(200);
  }
  isLoading = false;
  await Promise.all(clients);
  expect(statuses.length).toBeGreaterThan(20);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(opened).toHaveLength(11);
  for (const { session } of opened.slice(0, -1)) expect(session.dispose).toHaveBeenCalledOnce();
  expect(opened.at(-1)!.session.dispose).not.toHaveBeenCalled();
  await server.drain();
  opened.at(-1)!.session.dispose();
});

it('keeps the model that it has where it cannot be opened again', async () => {
  const model = await open();
  const server = await createServer(
    { ...model, name: 'digits' },
    { reload: () => Promise.reject(new DataError({ where: 'digits.onnx', rule: 'it is damaged' })) },
  );
  const load = (name: string, body?: object) =>
    server.app.inject({
      method: 'POST',
      url: `/v2/repository/models/${name}/load`,
      ...(body && { payload: body }),
    });
  const failed = await load('digits');
  expect([failed.statusCode, failed.body]).toEqual([
    409,
    expect.stringContaining('digits.onnx: it is damaged'),
  ]);
  expect((await server.app.inject(infer)).statusCode).toBe(200);
  expect((await load('letters')).statusCode).toBe(404);
  expect((await load('digits', { parameters: { config: '{}' } })).body).toContain('Received: config');
  const index = await server.app.inject({ method: 'POST', url: '/v2/repository/index' });
  expect(index.json()).toEqual([{ name: 'digits', version: '1', state: 'READY', reason: '' }]);
  await server.drain();
  model.session.dispose();
});

it('answers with the highest version where none is asked for', async () => {
  const { session } = await open();
  const versions = ['9', '10', '2'].map((version) => ({ session, name: 'digits', version }));
  const server = await createServer(versions);
  const versionOf = async (url: string): Promise<unknown> =>
    (await server.app.inject({ ...infer, url })).json<{ model_version: string }>().model_version;
  expect(await versionOf('/v2/models/digits/infer')).toBe('10');
  expect(await versionOf('/v2/models/digits/versions/2/infer')).toBe('2');
  await server.drain();
  session.dispose();
});

it('shows the answers under its own options to the monitor, and says what that says', async () => {
  const { session } = await open();
  const observe = vi.fn(() => (observe.mock.calls.length > 2 ? 'The stream has shifted – a lot' : null));
  const server = await createServer({ session, name: 'digits', monitor: { observe } });
  const ask = (parameters = {}) => server.app.inject({ ...infer, payload: { ...payload, parameters } });
  expect((await ask()).headers).not.toHaveProperty('earlyexit-shift');
  await ask({ thresholds: ['never'] });
  expect(observe).toHaveBeenCalledTimes(1);
  await ask();
  expect((await ask()).headers['earlyexit-shift']).toBe('alarm; seen=3');
  const about = await server.app.inject({ url: '/v2/models/digits' });
  expect(about.json()).toMatchObject({ parameters: { shift: 'The stream has shifted – a lot' } });
  expect((await server.app.inject({ url: '/metrics' })).payload).toContain(
    'earlyexit_shift_alarm{model="digits",version="1"} 1',
  );
  await server.drain();
  session.dispose();
});
