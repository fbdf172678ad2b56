import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadWheel, findWheel } from './python-index';
import type { PinnedWheel } from './pinned';

const content = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 251));
const wheel: PinnedWheel = {
  project: 'some-project',
  version: '1.2.3',
  file: 'some_project-1.2.3-py3-none-any.whl',
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: content.length,
};
const folder = mkdtempSync(join(tmpdir(), 'earlyexit-index-'));
const requests: (string | undefined)[] = [];
let server: Server;
let root: string;

beforeAll(async () => {
  server = createServer(({ url, headers }, response) => {
    if (url === '/json/some-project/') {
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      const files = [
        { filename: 'other.whl', url: '/other' },
        { filename: wheel.file, url: '../../files/wheel' },
      ];
      response.end(JSON.stringify({ files }));
    } else if (url === '/html/some-project/') {
      response.setHeader('content-type', 'text/html');
      response.end(
        `<html><body><a href="/files/wheel?a=1&amp;b=2#sha256=0" data-x="y">${wheel.file}</a></body></html>`,
      );
    } else if (url?.startsWith('/files/wheel') === true) {
      requests.push(headers.range);
      const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
      if (start > 0) {
        response.statusCode = 206;
        response.setHeader('content-range', `bytes ${start}-${content.length - 1}/${content.length}`);
      }
      response.end(content.subarray(start));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  root = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('findWheel', () => {
  it('reads an index as JSON and as HTML', async () => {
    expect(await findWheel(`${root}/json`, wheel)).toBe(`${root}/files/wheel`);
    expect(await findWheel(`${root}/html`, wheel)).toBe(`${root}/files/wheel?a=1&b=2#sha256=0`);
  });

  it('says what to do when the index has no such file, answers an error, or is not there', async () => {
    await expect(findWheel(`${root}/json`, { ...wheel, file: 'none.whl' })).rejects.toThrow(
      /does not offer none\.whl/,
    );
    await expect(findWheel(`${root}/nothing`, wheel)).rejects.toThrow(/answered 404.*PIP_INDEX_URL/);
    await expect(findWheel('http://127.0.0.1:1', wheel)).rejects.toThrow(
      /cannot be reached.*Check the network/,
    );
  });
});

describe('downloadWheel', () => {
  it('goes on where an earlier attempt stopped', async () => {
    const path = join(folder, 'resumed.whl');
    writeFileSync(`${path}.part`, content.subarray(0, 20_000));
    const progress: number[] = [];
    requests.length = 0;
    await downloadWheel(`${root}/files/wheel`, wheel, path, {
      onProgress: ({ done }) => progress.push(done),
    });
    expect(requests).toEqual(['bytes=20000-']);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(progress.at(-1)).toBe(content.length);
    expect(existsSync(`${path}.part`)).toBe(false);
  });

  it('keeps nothing that has another checksum', async () => {
    const path = join(folder, 'wrong.whl');
    const other = { ...wheel, sha256: '0'.repeat(64) };
    await expect(downloadWheel(`${root}/files/wheel`, other, path)).rejects.toThrow(/SHA-256 checksum 0000/);
    expect(existsSync(path)).toBe(false);
    expect(existsSync(`${path}.part`)).toBe(false);
  });
});
