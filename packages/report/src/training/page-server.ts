import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One page, kept up to date. */
export interface ServedPage {
  /** The whole page. */
  render(): string;
  /** The update that is sent to open pages: one line of JSON. */
  update(): string;
}

/** A server for one page. */
export interface PageServer {
  /** Such as `http://127.0.0.1:43121/`. */
  readonly url: string;
  /** Notifies open pages that something has changed, at most once a second. */
  changed(): void;
  /** Sends the final update, marked as such, and stops serving. */
  dispose(): Promise<void>;
}

const SHORTEST_PAUSE_MS = 1000;
// Drawing shares the thread with the training and may take a thirtieth of its time.
const PAUSE_PER_DRAWING = 30;

const headers = {
  'cache-control': 'no-store',
  // The page requests nothing from other hosts, and no other page may embed or call it.
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'",
  'x-content-type-options': 'nosniff',
};

/** Serves a page on a free port, only to this machine. */
export async function startPageServer(page: ServedPage): Promise<PageServer> {
  const listeners = new Set<ServerResponse>();
  let timer: NodeJS.Timeout | null = null;
  let pauseMs = SHORTEST_PAUSE_MS;
  const send = (event: string): void => {
    timer = null;
    if (listeners.size === 0) return;
    const started = performance.now();
    const message = `event: ${event}\ndata: ${page.update()}\n\n`;
    for (const response of listeners) {
      // A client that has not taken the last message is not reading, and messages must not pile up in the training's
      // memory.
      if (response.writableNeedDrain) response.destroy();
      else response.write(message);
    }
    pauseMs = Math.max(SHORTEST_PAUSE_MS, (performance.now() - started) * PAUSE_PER_DRAWING);
  };
  const server = createServer((request, response) => {
    // Refuses requests under other host names that were made to point here (DNS rebinding).
    const local = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '');
    if (!local || request.method !== 'GET') {
      response.writeHead(local ? 405 : 403, headers).end();
    } else if (request.url === '/') {
      response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }).end(page.render());
    } else if (request.url === '/events') {
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
      response.write(`event: update\ndata: ${page.update()}\n\n`);
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    } else {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    changed() {
      timer ??= setTimeout(() => {
        send('update');
      }, pauseMs);
    },
    async dispose() {
      if (timer !== null) clearTimeout(timer);
      send('end');
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      // A browser that stops reading must not keep the command from ending.
      const giveUp = setTimeout(() => {
        server.closeAllConnections();
      }, 500);
      for (const response of listeners) response.end();
      server.closeIdleConnections();
      await closed;
      clearTimeout(giveUp);
    },
  };
}
