import { spawnSync } from 'node:child_process';
import { symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorCode } from './file-error';
import { readFileWithin } from './read-file-within';
import { readJsonFile } from './read-json';
import { readWholeFile } from './read-whole-file';

const folder = await temporaryFolder();
beforeAll(async () => {});

const most = { size: 2 ** 20 };
const refusal = (path: string): Promise<string> =>
  readWholeFile(path, most).then(
    () => 'read',
    (error: unknown) => (error as Error).message,
  );

describe('readWholeFile', () => {
  it('reads what a link leads to', async () => {
    await writeFile(join(folder, 'file'), 'content');
    await symlink('file', join(folder, 'link'));
    expect(Buffer.from(await readWholeFile(join(folder, 'link'), most)).toString()).toBe('content');
  });

  it('refuses what is missing, and a folder', async () => {
    expect(await refusal(join(folder, 'none'))).toBe(
      `${join(folder, 'none')}: this file can be read. Received: nothing of that name.`,
    );
    expect(await refusal(folder)).toBe(`${folder}: this is a file. Received: a folder.`);
    expect(await readWholeFile(join(folder, 'none'), most).catch(errorCode)).toBe('ENOENT');
  });

  it.skipIf(process.platform === 'win32')('waits for no pipe, device or socket', async () => {
    const pipe = join(folder, 'pipe');
    spawnSync('mkfifo', [pipe]);
    expect(await refusal(pipe)).toBe(`${pipe}: this is a file. Received: a named pipe.`);
    const zero = join(folder, 'zero');
    await symlink('/dev/zero', zero);
    expect(await refusal(zero)).toBe(`${zero}: this is a file. Received: a device.`);
    const socket = join(folder, 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(socket, resolve));
    expect(await refusal(socket)).toBe(`${socket}: this is a file. Received: a socket.`);
    server.close();
    await symlink('loop', join(folder, 'loop'));
    expect(await refusal(join(folder, 'loop'))).toContain('leads back to itself');
  });

  it('takes no memory for a file that is too large', async () => {
    const path = join(folder, 'sparse');
    await writeFile(path, '');
    await truncate(path, 2 ** 36);
    expect(await refusal(path)).toBe(`${path}: the file takes at most 1048576 bytes. Received: 68719476736.`);
    await expect(readJsonFile(path)).rejects.toThrow('at most 67108864 bytes');
  });

  it('ends when it is aborted, with the reason of the signal', async () => {
    const path = join(folder, 'large');
    await writeFile(path, '');
    await truncate(path, 2 ** 28);
    const controller = new AbortController();
    const reading = readWholeFile(path, { size: 2 ** 28, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 5);
    await expect(reading).rejects.toThrow('enough');
  });
});

describe('readFileWithin', () => {
  it('follows no link out of the folder', async () => {
    await symlink('/etc/hostname', join(folder, 'outside'));
    await expect(readFileWithin(folder, 'outside', () => undefined)).rejects.toThrow('lies in the folder');
    expect(await readFileWithin(folder, 'file', () => undefined)).toHaveLength(7);
    await expect(readFileWithin(join(folder, 'nowhere'), 'file', () => undefined)).rejects.toThrow(
      'nothing of that name',
    );
  });
});
