import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder';
import { readConfigFile } from './config-file';

const folder = await temporaryFolder();

async function read(content: string): Promise<unknown> {
  const path = join(folder, 'config.yaml');
  await writeFile(path, content);
  return readConfigFile(path);
}

describe('readConfigFile', () => {
  it('takes YAML and JSON, and keys in any spelling', async () => {
    const options = { model: 'b_lenet', batchSize: 64, lossweights: [0.3], earlyexit: ['never'] };
    expect(
      await read('model: b_lenet\nbatch-size: 64\nlossweights: [0.3]\nearlyexit_thresholds: [never]\n'),
    ).toEqual(options);
    expect(
      await read(
        JSON.stringify({
          model: 'b_lenet',
          batch_size: 64,
          earlyexit_lossweights: [0.3],
          earlyexit: ['never'],
        }),
      ),
    ).toEqual(options);
  });

  it.each([
    ['an unknown key', 'modle: b_lenet', /every key is an option.*Received: modle\. Did you mean model/],
    ['a wrong value', 'epochs: many', /epochs: it is a whole number of at least 1\. Received: many/],
    ['a wrong type', 'epochs: [1]', /epochs: it is a whole number/],
    ['broken YAML', 'a: [1', /neither YAML nor JSON/],
    ['a list', '- 1', /a list of options/],
    ['nothing', '', /an empty file/],
  ])('refuses %s', async (_, content, says) => {
    await expect(read(content)).rejects.toThrow(says);
  });
});
