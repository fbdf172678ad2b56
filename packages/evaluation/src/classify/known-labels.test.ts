import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '@earlyexit/testing';
import { readLabels } from './known-labels';

const folder = await temporaryFolder();
const path = join(folder, 'labels.csv');
const classes = ['cat', 'dog', '7'];

it('knows classes by name or number, and images by path or name', async () => {
  await writeFile(path, 'image,class\na/1.png,dog\r\n"2, the ""second"".png",0\n3.png,7\n\n');
  const labelOf = await readLabels(path, classes);
  expect(['a/1.png', '/elsewhere/2, the "second".png', 'b/3.png', 'b/1.png'].map(labelOf)).toEqual([
    1,
    0,
    2,
    null,
  ]);
});

it.each(['1.png', '1.png,cow', '1.png,3', ',cat'])('refuses %s', async (line) => {
  await writeFile(path, `0.png,cat\n${line}\n`);
  await expect(readLabels(path, classes)).rejects.toThrow(
    new RegExp(`line 2: it is an image and its class.*Received: ${line}`),
  );
});
