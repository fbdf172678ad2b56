import { once } from 'node:events';
import { connect } from 'node:net';
import { createRequire } from 'node:module';
import { loadSession } from '@earlyexit/inference/onnx';
import { loadRuntimeInThread } from '@earlyexit/inference/node';
import { bundle } from '@earlyexit/testing/bundle';
import { expect, it } from 'vitest';
import { createServer } from './create-server';

const program = await bundle(new URL('../../inference/src/runtime-thread.ts', import.meta.url));
const path = createRequire(import.meta.url).resolve('onnxruntime-node');
const runtime = await loadRuntimeInThread({ name: 'onnxruntime', path }, { program });
const open = async () => ({ session: await loadSession('b_lenet.mnist', { threads: 1, runtime }) });
const body = JSON.stringify({
  inputs: [{ name: 'images', datatype: 'UINT8', shape: [1, 28, 28, 1], data: new Array(784).fill(7) }],
  outputs: [{ name: 'class_index' }],
});

it('answers or refuses each of 1,000 requests in flight when it is told to stop', async () => {
  const { session } = await open();
  const server = await createServer({ session, name: 'digits' }, { queue: 1000 });
  const port = Number(new URL(await server.listen({ port: 0 })).port);
  const sockets = Array.from({ length: 1000 }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const received = sockets.map(async (socket) => {
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.on('close', resolve));
    return text;
  });
  const head = `POST /v2/models/digits/infer HTTP/1.1\r\nHost: here\r\nContent-Length: ${body.length}\r\n\r\n`;
  for (const socket of sockets) socket.write(head + body);
  while (server.inFlight < 100) await new Promise((resolve) => setTimeout(resolve, 1));
  await server.drain();
  const statuses = (await Promise.all(received)).map((text) => Number(text.slice(9, 12)));
  expect(statuses).toHaveLength(1000);
  expect([...new Set(statuses)].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(100);
  session.dispose();
});

it('loses no request in 100 reloads under load, each with a thread of its own', async () => {
  const server = await createServer({ ...(await open()), name: 'digits' }, { reload: open });
  const address = await server.listen({ port: 0 });
  const post = (url: string, payload?: string) =>
    fetch(address + url, { method: 'POST', body: payload ?? null });
  const statuses = new Map<number, number>();
  let isLoading = true;
  const clients = Array.from({ length: 4 }, async () => {
    while (isLoading) {
      const answer = await post('/v2/models/digits/infer', body);
      await answer.arrayBuffer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
  });
  for (let round = 0; round < 100; round++) {
    const loaded = await post('/v2/repository/models/digits/load');
    expect(loaded.status, await loaded.text()).toBe(200);
  }
  isLoading = false;
  await Promise.all(clients);
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(100);
  await server.drain();
});
