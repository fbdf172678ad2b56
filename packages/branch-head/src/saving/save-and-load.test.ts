import '@tensorflow/tfjs-backend-cpu';
import { EarlyExitError } from '@earlyexit/core';
import { execFileSync } from 'node:child_process';
import {
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attachExits } from '../attaching/attach-exits';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import { loadModel, saveModel } from '../node';
import { randomInputs, randomizeWeights, residual, vggLike } from '../test-networks';
import { tf } from '../tf';
import { withMetadata } from '../metadata/with-metadata';

const scratch = await temporaryFolder();
let folder: string;
let count = 0;

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => {
  folder = join(scratch, String((count += 1)));
});

function network(seed: number): MultiExitModel {
  const multi = attachExits(vggLike(), [{ after: 'relu1', head: 'mixed-pool' }]);
  randomizeWeights(multi.model, seed);
  return multi;
}

function predict({ model }: MultiExitModel): number[][] {
  return tf.tidy(() =>
    (model.predict(randomInputs(model, 2)) as tf.Tensor[]).map((each) => [...each.dataSync()]),
  );
}

async function weightsFiles(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((file) => file !== 'model.json').sort();
}

async function refusal(directory: string): Promise<string> {
  const before = tf.memory().numTensors;
  const error: unknown = await loadModel(directory).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(tf.memory().numTensors).toBe(before);
  if (!EarlyExitError.is(error) || error.kind !== 'data')
    throw new Error('a DataError was expected', { cause: error });
  return error.message;
}

describe('saveModel and loadModel', () => {
  it('bring a model back as it was', async () => {
    const multi = network(1);
    await saveModel(multi, join(folder, 'deep', 'inside'));
    const loaded = await loadModel(join(folder, 'deep', 'inside'));
    expect(loaded.metadata).toEqual(multi.metadata);
    expect(predict(loaded)).toEqual(predict(multi));
  });

  it('bring the very weights back from safetensors, and from 16 bits what 16 bits hold', async () => {
    const multi = network(1);
    await saveModel(multi, folder, { weights: 'safetensors' });
    expect(predict(await loadModel(folder))).toEqual(predict(multi));
    const [whole] = await weightsFiles(folder);
    const wholeBytes = (await stat(join(folder, whole!))).size;

    await saveModel(multi, folder, { weights: 'safetensors-float16' });
    const files = await weightsFiles(folder);
    expect(files).toEqual([expect.stringMatching(/^weights-[0-9a-f]{16}\.safetensors$/)]);
    expect((await stat(join(folder, files[0]!))).size).toBeLessThan(0.8 * wholeBytes);
    const half = await loadModel(folder);
    expect(predict(half)).not.toEqual(predict(multi));
    for (const [index, weight] of half.model.getWeights().entries()) {
      const original = multi.model.getWeights()[index]!.dataSync();
      weight.dataSync().forEach((value, at) => {
        expect(Math.abs(value - original[at]!)).toBeLessThanOrEqual(
          2 ** -11 * Math.abs(original[at]!) + 2 ** -25,
        );
      });
    }
    // Rounded once, they stay.
    await saveModel(half, join(folder, 'again'), { weights: 'safetensors-float16' });
    expect(await weightsFiles(join(folder, 'again'))).toEqual(files);
  });

  it('refuse safetensors that are cut, or not those of the model', async () => {
    await saveModel(network(1), folder, { weights: 'safetensors-float16' });
    const [file] = await weightsFiles(folder);
    await truncate(join(folder, file!), 100);
    expect(await refusal(folder)).toMatch(/the weights have the checksum in their name/);
    const larger = join(folder, 'larger');
    await saveModel(network(1), larger, { weights: 'safetensors' });
    await truncate(join(larger, (await weightsFiles(larger))[0]!), 1_000_000);
    expect(await refusal(larger)).toMatch(
      /the weights of this model take at most \d+ bytes\. Received: 1000000/,
    );
  });

  it('take no memory for weights that the list has and the safetensors have not', async () => {
    await saveModel(network(1), folder, { weights: 'safetensors' });
    const path = join(folder, 'model.json');
    const json = JSON.parse(await readFile(path, 'utf8')) as {
      weightsManifest: [{ weights: { shape: number[] }[] }];
    };
    json.weightsManifest[0].weights[0]!.shape = [2 ** 40];
    await writeFile(path, JSON.stringify(json));
    expect(await refusal(folder)).toMatch(/there is a tensor '.*' of floats, \[1099511627776\]/);
  });

  it('write two files, replace them, and leave others alone', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    const first = network(1);
    await saveModel(first, folder);
    const [before] = (await weightsFiles(folder)).filter((file) => file.endsWith('.bin'));
    await writeFile(join(folder, `${before!}.0123456789ab.tmp`), 'left over');
    const second = network(2);
    await saveModel(second, folder);
    const files = await weightsFiles(folder);
    expect(files).toEqual(['notes.txt', expect.stringMatching(/^weights-[0-9a-f]{16}\.bin$/)]);
    expect(files[1]).not.toBe(before);
    expect(predict(await loadModel(folder))).toEqual(predict(second));
    // The same again: nothing changes.
    await saveModel(second, folder);
    expect(await weightsFiles(folder)).toEqual(files);
  });

  it('write plain TensorFlow.js files with the metadata inside', async () => {
    const multi = network(1);
    await saveModel(multi, folder);
    const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as Record<string, unknown>;
    expect(json['format']).toBe('layers-model');
    expect(json['userDefinedMetadata']).toEqual({
      earlyexit: multi.metadata,
      'earlyexit.sha256': expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    expect(json['weightsManifest']).toEqual([
      { paths: await weightsFiles(folder), weights: expect.any(Array) as unknown },
    ]);
  });

  it('know by their checksum what was changed in labels, preprocessing, thresholds, costs and layers', async () => {
    const about = { inputShape: [4, 4, 1], mean: [0.1], standardDeviation: [0.3], polarity: null } as const;
    const plain = network(1);
    const shape = plain.model.inputs[0]!.shape.slice(1) as number[];
    const multi = withMetadata(plain, {
      ...(shape.join() === '4,4,1' ? { preprocessing: about } : {}),
      fittedOn: [{ what: 'weights', fingerprint: 'f', samples: 8 }],
      data: { dataset: 'd', seed: 1, sizes: { train: 8 }, fingerprints: { train: 'f' } },
    });
    await saveModel(multi, folder);
    expect((await loadModel(folder)).metadata).toEqual(multi.metadata);
    const path = join(folder, 'model.json');
    const text = await readFile(path, 'utf8');
    type Json = Record<string, Record<string, Record<string, unknown>>>;
    const damage = async (change: (json: Json) => void): Promise<unknown> => {
      const json = JSON.parse(text) as Json;
      change(json);
      await writeFile(path, JSON.stringify(json));
      return loadModel(folder).catch((error: unknown) => error);
    };
    const metadataOf = (json: Json): Record<string, unknown> => json['userDefinedMetadata']!['earlyexit']!;
    const refused = /as they were saved/;
    for (const change of [
      (json: Json) => void ((metadataOf(json)['classes'] as string[])[0] = 'x'),
      (json: Json) => void (metadataOf(json)['staticMacs'] = 1),
      (json: Json) => void (metadataOf(json)['data'] = null),
      (json: Json) => void ((metadataOf(json)['exits'] as { macs: number }[])[0]!.macs = 7),
      (json: Json) => {
        const { userDefinedMetadata } = json;
        userDefinedMetadata!['earlyexit.sha257'] = userDefinedMetadata!['earlyexit.sha256']!;
        delete userDefinedMetadata!['earlyexit.sha256'];
      },
    ]) {
      expect(String(await damage(change))).toMatch(refused);
    }
    // A model of before has no checksum.
    const old = await damage((json) => delete json['userDefinedMetadata']!['earlyexit.sha256']);
    expect(old).toMatchObject({ metadata: multi.metadata });
  });

  it('load while another model is being saved over and over', async () => {
    const models = [network(1), network(2)];
    const answers = models.map(predict).map((each) => JSON.stringify(each));
    await saveModel(models[0]!, folder);
    let saving = true;
    const saver = (async () => {
      for (let round = 0; round < 20; round++) await saveModel(models[round % 2]!, folder);
      saving = false;
    })();
    const seen: string[] = [];
    while (saving) seen.push(JSON.stringify(predict(await loadModel(folder))));
    await saver;
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every((answer) => answers.includes(answer))).toBe(true);
  });
});

describe('saveModel says what is in the way', () => {
  it('a file where the folder should be', async () => {
    await writeFile(folder, '');
    await expect(saveModel(network(1), folder)).rejects.toThrow(
      'A file of that name is in the way: choose another path',
    );
    await expect(saveModel(network(1), join(folder, 'below'))).rejects.toThrow('is in the way');
  });

  it('a folder called model.json', async () => {
    await mkdir(join(folder, 'model.json', 'full'), { recursive: true });
    await expect(saveModel(network(1), folder)).rejects.toThrow(
      'A folder called model.json is in the way: remove it',
    );
    expect((await readdir(folder)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });
});

describe('loadModel says what is wrong', () => {
  beforeEach(async () => {
    await saveModel(network(1), folder);
  });
  const model = (): string => join(folder, 'model.json');
  const weights = async (): Promise<string> => join(folder, (await weightsFiles(folder))[0]!);
  const edit = async (change: (text: string) => string): Promise<void> =>
    writeFile(model(), change(await readFile(model(), 'utf8')));

  it('nothing there', async () => {
    expect(await refusal(join(folder, 'none'))).toBe(
      `${join(folder, 'none')}: there is a folder with a saved model. Received: nothing of that name.`,
    );
  });

  it('a file instead of the folder', async () => {
    expect(await refusal(model())).toContain(
      'a saved model is a folder. Received: a file. Give the folder that holds model.json.',
    );
  });

  it('a folder of something else', async () => {
    await rm(model());
    expect(await refusal(folder)).toContain(
      'model.json: this file can be read. Received: nothing of that name.',
    );
    await mkdir(model());
    expect(await refusal(folder)).toContain('this is a file. Received: a folder');
  });

  it.skipIf(process.platform === 'win32')('a pipe, which nobody writes to', async () => {
    await rm(model());
    execFileSync('mkfifo', [model()]);
    expect(await refusal(folder)).toContain('this is a file. Received: a named pipe');
  });

  it('an empty model.json, half of one, and no JSON', async () => {
    await writeFile(model(), '');
    expect(await refusal(folder)).toContain('the file is JSON. Received: an empty file');
    await saveModel(network(1), folder);
    await truncate(model(), 1000);
    expect(await refusal(folder)).toContain(
      'the file is JSON. Received: 1000 bytes that are not, or are cut',
    );
    await writeFile(model(), Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
    expect(await refusal(folder)).toContain('the file is JSON');
    await writeFile(model(), 'null');
    expect(await refusal(folder)).toContain('the file holds a JSON object. Received: null');
    await writeFile(model(), '{}');
    expect(await refusal(folder)).toContain(
      'the model was saved by earlyexit. Received: a model without its metadata',
    );
    await writeFile(model(), '['.repeat(100_000));
    expect(await refusal(folder)).toContain('nested at most 64 deep');
  });

  it('another version', async () => {
    await edit((text) => text.replace('"formatVersion":1', '"formatVersion":7'));
    expect(await refusal(folder)).toContain(
      'this version reads format version 1. Received: format version 7.',
    );
  });

  it('weights that are missing, cut, too long, damaged or of another model', async () => {
    const file = await weights();
    const { size } = await stat(file);
    await truncate(file, size / 2);
    expect(await refusal(folder)).toContain(
      `the weights of this model take ${String(size)} bytes. Received: ${String(size / 2)}.`,
    );
    await truncate(file, size * 2);
    expect(await refusal(folder)).toContain('belongs to another model');
    await saveModel(network(1), folder);
    const bytes = await readFile(file);
    bytes[7]! ^= 1;
    await writeFile(file, bytes);
    expect(await refusal(folder)).toContain('the weights have the checksum in their name');
    await rm(file);
    expect(await refusal(folder)).toContain('nothing of that name');
    await mkdir(file);
    expect(await refusal(folder)).toContain('this is a file. Received: a folder');
    await rm(file, { recursive: true });
    await saveModel(attachExits(residual(), []), join(folder, 'other'));
    await rename(join(folder, 'other', (await weightsFiles(join(folder, 'other')))[0]!), file);
    expect(await refusal(folder)).toContain('the weights of this model take');
  });

  it('weights outside the folder', async () => {
    await edit((text) => text.replace(/weights-[0-9a-f]{16}\.bin/, '../secret.bin'));
    expect(await refusal(folder)).toContain('in the same folder. Received: "../secret.bin"');
    await edit((text) => text.replace('../secret.bin', '/etc/passwd'));
    expect(await refusal(folder)).toContain('in the same folder. Received: "/etc/passwd"');
    await saveModel(network(1), folder);
    const file = await weights();
    await cp(file, join(scratch, 'elsewhere.bin'));
    await rm(file);
    await symlink(join(scratch, 'elsewhere.bin'), file);
    expect(await refusal(folder)).toContain('the file lies in the folder. Received: a link to');
  });

  it('weights that promise more than there is', async () => {
    await edit((text) => text.replace('"shape":[3,3,3,4]', '"shape":[3,3,3,400000000]'));
    expect(await refusal(folder)).toContain('the weights of this model take');
    await edit((text) => text.replace('400000000', '1e300'));
    expect(await refusal(folder)).toContain('a shape');
  });
});
