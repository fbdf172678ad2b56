import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import type { Session } from '@earlyexit/inference';
import { loadSession } from '@earlyexit/inference/onnx';
import { expect, it } from 'vitest';
import { createServer } from './create-server';

const body = JSON.stringify({
  inputs: [{ name: 'images', datatype: 'UINT8', shape: [1, 28, 28, 1], data: new Array(784).fill(7) }],
  outputs: [{ name: 'class_index' }],
});
const request = `POST /v2/models/b_lenet/infer HTTP/1.1\r\nHost: here\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** The session, every run of which takes so many milliseconds more, and waits for what is said. */
const slowed = (session: Session, milliseconds: number, until = () => Promise.resolve()): Session => ({
  ...session,
  run: async (images, options) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await until();
    return session.run(images, options);
  },
});

it('answers or refuses every request in flight when it is told to stop, and loses none', async () => {
  const session = await loadSession('b_lenet.mnist', { threads: 1 });
  let held = Promise.resolve();
  const server = await createServer(
    slowed(session, 1, () => held),
    { queue: 600, maxBatch: 32 },
  );
  let go: () => void = () => undefined;
  held = new Promise((resolve) => (go = resolve));
  const address = await server.listen({ port: 0 });
  const port = Number(new URL(address).port);
  const received: string[] = [];
  const sockets: Socket[] = Array.from({ length: 300 }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const ends = sockets.map(async (socket, index) => {
    received[index] = '';
    socket.on('data', (data) => (received[index] = `${received[index] ?? ''}${data.toString()}`));
    socket.on('error', () => undefined);
    await once(socket, 'close');
  });
  for (const socket of sockets.slice(0, 200)) socket.write(request);
  while (server.inFlight < 200) await new Promise((resolve) => setTimeout(resolve, 1));
  const drained = server.drain();
  const ready = await server.app.inject({ url: '/v2/health/ready' });
  expect([ready.statusCode, ready.json()]).toEqual([503, { ready: false }]);
  // Those who come too late are told so.
  for (const socket of sockets.slice(200)) socket.write(request);
  await once(sockets.at(-1)!, 'data');
  go();
  await drained;
  await Promise.all(ends);
  const statuses = received.map((text) => Number(text.slice(9, 12)));
  expect(statuses.slice(0, 200)).toEqual(new Array(200).fill(200));
  expect(statuses.slice(200)).toEqual(new Array(100).fill(503));
  expect(received[250]).toContain('it is about to stop, and takes no more requests');
  expect(received[250]).toMatch(/retry-after: 1/i);
  session.dispose();
});

it('refuses what still waits after the time that it is given', async () => {
  const session = await loadSession('b_lenet.mnist', { threads: 1 });
  const server = await createServer(slowed(session, 300), { maxBatch: 1 });
  const send = () => server.app.inject({ method: 'POST', url: '/v2/models/b_lenet/infer', payload: body });
  const sent = [send(), send(), send()];
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.drain(20);
  const answers = await Promise.all(sent);
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 503, 503]);
  session.dispose();
});

it('stops although those who are refused come again at once', async () => {
  const session = await loadSession('b_lenet.mnist', { threads: 1 });
  const server = await createServer(session);
  const address = await server.listen({ port: 0 });
  let isOver = false;
  const client = (async () => {
    while (!isOver)
      await fetch(`${address}/v2`).then(
        (answer) => answer.text(),
        () => undefined,
      );
  })();
  const drained = server.drain(200).then(() => 'stopped');
  const waited = new Promise((resolve) => setTimeout(() => resolve('goes on'), 3000));
  expect(await Promise.race([drained, waited])).toBe('stopped');
  isOver = true;
  await client;
  session.dispose();
});

it('refuses early under overload, and answers the others in time', async () => {
  const session = await loadSession('b_lenet.mnist', { threads: 1 });
  const server = await createServer(slowed(session, 10), { maxBatch: 4, queue: 16 });
  const timeout = 2000;
  const payload = JSON.stringify({ ...JSON.parse(body), parameters: { timeout: timeout * 1000 } });
  const answers = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const started = performance.now();
      const { statusCode, headers } = await server.app.inject({
        ...{ method: 'POST', url: '/v2/models/b_lenet/infer', payload },
      });
      return { statusCode, headers, milliseconds: performance.now() - started };
    }),
  );
  const answered = answers.filter(({ statusCode }) => statusCode === 200);
  const refused = answers.filter(({ statusCode }) => statusCode === 429 || statusCode === 503);
  expect(answered.length + refused.length).toBe(100);
  expect(answered.length).toBeGreaterThanOrEqual(8);
  for (const { milliseconds } of answered) expect(milliseconds).toBeLessThan(timeout);
  for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  await server.drain();
  session.dispose();
});

it('asks for the token, health aside', async () => {
  const session = await loadSession('b_lenet.mnist', { threads: 1 });
  const server = await createServer(session, { token: 'open-sesame' });
  const status = async (url: string, authorization?: string): Promise<number> =>
    (await server.app.inject({ url, headers: authorization === undefined ? {} : { authorization } }))
      .statusCode;
  expect(await status('/v2/health/live')).toBe(200);
  expect(await status('/v2')).toBe(401);
  expect(await status('/metrics', 'Bearer wrong')).toBe(401);
  expect(await status('/v2/models/b_lenet', 'Bearer open-sesame')).toBe(200);
  await server.drain();
  session.dispose();
});
