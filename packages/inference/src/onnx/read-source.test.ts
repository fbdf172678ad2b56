import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { failure, temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { readSource } from './read-source';

it.skipIf(process.platform === 'win32')('waits for no pipe and reads no device', async () => {
  const pipe = join(await temporaryFolder(), 'net.onnx');
  spawnSync('mkfifo', [pipe]);
  for (const path of [pipe, '/dev/zero'])
    expect((await failure(readSource(path, undefined))).message).toContain('a pipe, a socket or a device');
});
