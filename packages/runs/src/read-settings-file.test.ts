import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSettingsFile } from './read-settings-file';

const folder = await mkdtemp(join(tmpdir(), 'earlyexit-'));

async function read(content: string): Promise<(readonly [string, unknown])[]> {
  const path = join(folder, 'settings.yaml');
  await writeFile(path, content);
  return readSettingsFile(path);
}

it('reads YAML and JSON, each name as often as it stands there', async () => {
  expect(await read('epochs: 3\nexits: [block1, block2]\nepochs: 4\n')).toEqual([
    ['epochs', 3],
    ['exits', ['block1', 'block2']],
    ['epochs', 4],
  ]);
  expect(await read('{ "lr": 0.1 }')).toEqual([['lr', 0.1]]);
});

it('reads the options of a run', async () => {
  expect(await read('{ "format": "earlyexit-run", "seed": 1, "options": { "epochs": 2 } }')).toEqual([
    ['epochs', 2],
  ]);
});

it.each([
  ['', /received: an empty file/i],
  ['- one\n- two\n', /a configuration is a list of options/],
  ['epochs: [1, 2', /neither YAML nor JSON/],
])('refuses %j', async (content, message) => {
  await expect(read(content)).rejects.toThrow(message);
});
