import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { loadOpenvino } from './load-openvino';

const folder = await temporaryFolder();
it('says what is wrong with the place it is given', async () => {
  const missing = loadOpenvino({ library: join(folder, 'nothing') });
  await expect(missing).rejects.toThrow(ArgumentError);
  await expect(missing).rejects.toThrow(/where nothing is.*earlyexit engine install openvino/s);
  const empty = loadOpenvino({ library: folder });
  await expect(empty).rejects.toThrow(ArgumentError);
  await expect(empty).rejects.toThrow('openvino/libs');
});

it('says what the loader of the system makes of a file that is no library', async () => {
  const path = join(folder, 'libopenvino_c.so.1');
  writeFileSync(path, 'not a library');
  for (const library of [path, folder]) {
    const refused = loadOpenvino({ library });
    await expect(refused).rejects.toThrow(EnvironmentError);
    await expect(refused).rejects.toThrow(/libopenvino_c\.so\.1: OpenVINO 2026 or a later one can be loaded/);
  }
});
