import { failure, temporaryFolder } from '@earlyexit/testing';
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WorkProgress } from '../../work-options';
import { downloadVerified, type VerifiedDownload } from './download-verified';

const file = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) % 253));
const md5 = createHash('md5').update(file).digest('hex');

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** Answers with the status and the headers of the part asked for, and returns that part. */
function begin(request: IncomingMessage, response: ServerResponse): Buffer {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const rest = file.subarray(start);
  if (start === 0) response.writeHead(200, { 'content-length': rest.length });
  else if (rest.length === 0) response.writeHead(416);
  else {
    response.writeHead(206, {
      'content-length': rest.length,
      'content-range': `bytes ${start}-${file.length - 1}/${file.length}`,
    });
  }
  return rest;
}

/** A server of the file that honours ranges. */
const honest: Handler = (request, response) => {
  response.end(begin(request, response));
};

/** Sends a part of what was asked for and cuts the line. */
const cutting =
  (bytes: number): Handler =>
  (request, response) => {
    const rest = begin(request, response);
    // Time for the bytes to leave before the line is cut.
    response.write(rest.subarray(0, bytes), () => setTimeout(() => response.destroy(), 20));
  };

interface Setup {
  readonly download: VerifiedDownload;
  readonly requests: IncomingMessage[];
}

async function serve(handler: Handler, options: Partial<VerifiedDownload> = {}): Promise<Setup> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data.tar.gz`;
  const path = join(await temporaryFolder(), 'cache', 'data.tar.gz');
  const download = {
    address,
    checksum: { algorithm: 'md5', hex: md5 } as const,
    path,
    where: 'made-up',
    otherwise: 'get it elsewhere',
    otherFolder: 'set EARLYEXIT_CACHE',
    retryDelayMs: 1,
    silenceMs: 5_000,
  };
  return { download: { ...download, ...options }, requests };
}

async function leavePart(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, bytes);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

// Compared as a whole: the matcher would go through it byte by byte.
async function expectWhole(path: string): Promise<void> {
  expect((await readFile(path)).equals(file)).toBe(true);
}

test('fetches, checks and names the file, and tells how far it is', async () => {
  const progress: WorkProgress[] = [];
  const { download, requests } = await serve(honest, { onProgress: (step) => progress.push(step) });
  expect(await downloadVerified(download)).toBe(download.path);
  await expectWhole(download.path);
  expect(await exists(`${download.path}.part`)).toBe(false);
  expect(progress[0]).toEqual({
    what: `downloading ${download.address}`,
    done: 0,
    total: 300_000,
    unit: 'bytes',
  });
  expect(progress.filter(({ what }) => what.startsWith('downloading')).at(-1)!.done).toBe(300_000);
  expect(progress.at(-1)).toMatchObject({
    what: `checking ${download.address}`,
    done: 300_000,
    total: 300_000,
  });

  await downloadVerified(download);
  expect(requests).toHaveLength(1);
});

test('goes on where an earlier download broke off', async () => {
  const { download, requests } = await serve(honest);
  await leavePart(download.path, file.subarray(0, 123_456));
  await downloadVerified(download);
  expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=123456-']);
  await expectWhole(download.path);
});

test('a download that was complete but not yet named is checked and named', async () => {
  const { download } = await serve(honest);
  await leavePart(download.path, file);
  await downloadVerified(download);
  await expectWhole(download.path);
});

test('starts again where the server knows no ranges', async () => {
  const { download } = await serve((_, response) => response.end(file));
  await leavePart(download.path, Buffer.alloc(1_000, 7));
  await downloadVerified(download);
  await expectWhole(download.path);
});

test('starts again where the server sends another part than was asked for', async () => {
  const { download, requests } = await serve((request, response, count) => {
    if (count > 1) {
      honest(request, response, count);
      return;
    }
    response.writeHead(206, { 'content-range': 'bytes 5-299999/300000' }).end(file.subarray(5));
  });
  await leavePart(download.path, file.subarray(0, 1_000));
  await downloadVerified(download);
  expect(requests.map(({ headers }) => headers.range)).toEqual(['bytes=1000-', undefined]);
  await expectWhole(download.path);
});

test('a connection that breaks is taken up again, each time where it broke', async () => {
  const { download, requests } = await serve((request, response, count) => {
    (count < 3 ? cutting(100_000) : honest)(request, response, count);
  });
  await downloadVerified(download);
  expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
  await expectWhole(download.path);
});

test('gives up after some attempts, keeps what came, and the next call goes on', async () => {
  const { download } = await serve(cutting(50_000), { attempts: 2 });
  const error = await failure(downloadVerified(download));
  expect(error.name).toBe('EnvironmentError');
  expect(error.message).toMatch(
    /made-up: http:.* could not be fetched.*The 100000 bytes fetched so far are kept/,
  );
  expect(error.message).toContain('Without one: get it elsewhere');
  expect(await exists(download.path)).toBe(false);
  expect((await stat(`${download.path}.part`)).size).toBe(100_000);
  await downloadVerified({ ...download, attempts: 4 });
  await expectWhole(download.path);
});

test('a server that falls silent counts as a broken connection', async () => {
  const { download, requests } = await serve(
    (request, response, count) => {
      if (count > 1) {
        honest(request, response, count);
        return;
      }
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 1_000));
    },
    { silenceMs: 100 },
  );
  await downloadVerified(download);
  expect(requests).toHaveLength(2);
  await expectWhole(download.path);
});

test('a server that is busy is asked again; one that says no is not', async () => {
  const busy = await serve((request, response, count) => {
    if (count === 1) response.writeHead(503).end();
    else honest(request, response, count);
  });
  await downloadVerified(busy.download);
  expect(busy.requests).toHaveLength(2);

  const gone = await serve((_, response) => response.writeHead(404).end('not here'));
  const error = await failure(downloadVerified(gone.download));
  expect(error.name).toBe('EnvironmentError');
  expect(error.message).toMatch(/answered 404 Not Found/);
  expect(gone.requests).toHaveLength(1);
});

test('follows redirects, but not forever', async () => {
  const once = await serve((request, response, count) => {
    if (count === 1) response.writeHead(302, { location: '/elsewhere' }).end();
    else honest(request, response, count);
  });
  await downloadVerified(once.download);
  expect(once.requests[1]!.url).toBe('/elsewhere');

  const loop = await serve((_, response) => response.writeHead(302, { location: '/' }).end(), {
    attempts: 1,
  });
  expect((await failure(downloadVerified(loop.download))).message).toMatch(/more than 5 redirects/);
});

test('a file that is labelled as encoded is kept as it is', async () => {
  const { download } = await serve((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': file.length }).end(file);
  });
  await downloadVerified(download);
  await expectWhole(download.path);
});

test('a wrong checksum is an error, and the download is removed', async () => {
  const { download } = await serve((_, response) => response.end('<html>please log in</html>'));
  const error = await failure(downloadVerified(download));
  expect(error.name).toBe('DataError');
  expect(error.message).toMatch(
    new RegExp(`has the MD5 checksum ${md5}\\. Received: [0-9a-f]{32}; the download was removed`),
  );
  expect(await exists(download.path)).toBe(false);
  expect(await exists(`${download.path}.part`)).toBe(false);
});

test('an abort ends it with the reason and keeps what came', async () => {
  const controller = new AbortController();
  const { download } = await serve(
    (_, response) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 70_000));
    },
    {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 70_000) controller.abort(new Error('Ctrl-C'));
      },
    },
  );
  await expect(downloadVerified(download)).rejects.toThrow('Ctrl-C');
  expect((await stat(`${download.path}.part`)).size).toBe(70_000);
});

test('two downloads of the same file at once do not harm each other', async () => {
  const { download } = await serve(honest);
  expect(await Promise.all([downloadVerified(download), downloadVerified(download)])).toEqual([
    download.path,
    download.path,
  ]);
  await expectWhole(download.path);
});

describe('what the machine does not allow', () => {
  test('no server', async () => {
    const { download } = await serve(honest);
    // Port 9 (discard) of this machine: nobody listens.
    const error = await failure(
      downloadVerified({ ...download, address: 'http://127.0.0.1:9/x', attempts: 2 }),
    );
    expect(error.name).toBe('EnvironmentError');
    expect(error.message).toMatch(
      /http:\/\/127\.0\.0\.1:9\/x could not be fetched\. Received: .*ECONNREFUSED.*get it elsewhere/,
    );
  });

  test('no network: a name without an address is not asked for again', async () => {
    const { download } = await serve(honest);
    const start = performance.now();
    // `.invalid` never resolves (RFC 2606).
    const address = 'http://earlyexit.invalid/x';
    const error = await failure(downloadVerified({ ...download, address, retryDelayMs: 60_000 }));
    expect(error.message).toMatch(/earlyexit\.invalid/);
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  test('a cache folder that cannot be made', async () => {
    const { download } = await serve(honest);
    const blocked = join(await temporaryFolder(), 'file');
    await writeFile(blocked, '');
    const error = await failure(downloadVerified({ ...download, path: join(blocked, 'cache', 'x') }));
    expect(error.name).toBe('EnvironmentError');
    expect(error.message).toMatch(/folder of downloads can be written.*set EARLYEXIT_CACHE/i);
  });
});
