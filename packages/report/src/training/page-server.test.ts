import { type IncomingMessage, request } from 'node:http';
import { expect, it } from 'vitest';
import { startPageServer } from './page-server';

/** Reads server-sent events from the moment it is called. */
async function listen(
  url: string,
): Promise<{ events: [name: string, data: string][]; ended: Promise<void> }> {
  const response = await fetch(`${url}events`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: [string, string][] = [];
  const ended = (async () => {
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString('utf8');
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
        events.push([name, data]);
      }
    }
  })();
  return { events, ended };
}

it('serves a page, tells it of changes now and then, and of the end', async () => {
  let value = 1;
  let drawn = 0;
  const server = await startPageServer({
    render: () => `<p>${String(value)}</p>`,
    update: () => {
      drawn += 1;
      return JSON.stringify(value);
    },
  });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  expect(await (await fetch(server.url)).text()).toBe('<p>1</p>');
  expect((await fetch(`${server.url}other`)).status).toBe(404);
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
  const status = await new Promise((resolve) => {
    request(server.url, { headers: { host: 'example.org' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).end();
  });
  expect(status).toBe(403);
  // Nobody looks: nothing is drawn.
  server.changed();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(drawn).toBe(0);

  const { events, ended } = await listen(server.url);
  for (value = 2; value < 50; value++) server.changed();
  await expect.poll(() => events, { timeout: 5000 }).toHaveLength(2);
  value = 99;
  await server.dispose();
  await ended;
  expect(events).toEqual([
    ['update', '1'],
    ['update', '50'],
    ['end', '99'],
  ]);
  await expect(fetch(server.url)).rejects.toThrow();
});

it('ends although a browser has stopped reading', async () => {
  const server = await startPageServer({ render: () => '', update: () => '"x"'.repeat(1e6) });
  const open = request(`${server.url}events`, (response) => response.pause());
  open.on('error', () => undefined);
  open.end();
  await new Promise((resolve) => open.once('response', resolve));
  const started = performance.now();
  await server.dispose();
  expect(performance.now() - started).toBeLessThan(5000);
});

it('drops a browser that has stopped reading, and goes on for the others', async () => {
  const server = await startPageServer({ render: () => '', update: () => `"${'x'.repeat(4e6)}"` });
  const slow = await new Promise<IncomingMessage>((resolve) => {
    request(`${server.url}events`, (response) => resolve(response.pause())).end();
  });
  slow.on('error', () => undefined);
  const { events, ended } = await listen(server.url);
  for (const seen of [1, 2]) {
    await expect.poll(() => events.length, { timeout: 5000 }).toBeGreaterThanOrEqual(seen);
    server.changed();
  }
  await expect.poll(() => events.length, { timeout: 10_000 }).toBeGreaterThan(2);
  const dropped = new Promise((resolve) => slow.once('close', resolve));
  slow.resume();
  await dropped;
  expect(slow.complete).toBe(false);
  await server.dispose();
  await ended;
});
