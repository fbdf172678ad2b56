import { EarlyExitError } from '@earlyexit/core';
import {
  damageBytes,
  damageJson,
  type DamageReport,
  damageText,
  type Draws,
  trySeeds,
} from '@earlyexit/testing';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachExits } from '../attaching/attach-exits';
import { weightsFileName } from './model-files';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import { loadModel, saveModel } from '../node';
import { randomInputs, residual, sharedLayers, uNetLike, vggLike } from '../test-networks';
import { tf } from '../tf';

/** Values likely to break sizes, axes and names of a model. */
const TELLING = [
  ...[
    3,
    7,
    255,
    'same',
    'linear',
    'channelsFirst',
    'Dense',
    'Conv2D',
    'LSTM',
    'float32',
    'complex64',
    'string',
  ],
  ...['../../weights.bin', 'weights-0000000000000000.bin', ['x', 0, 0]],
];

/**
 * Saves small networks, changes their files in one to four places, and loads and runs the result, seed by seed. Those
 * counted as having thrown were loaded, and refused by TensorFlow.js when they ran.
 */
export async function damageModels(
  count: number,
  first = 0,
): Promise<DamageReport<'refused' | 'ran' | 'threw'>> {
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-damaged-'));
  try {
    const models: MultiExitModel[] = [
      attachExits(vggLike(), [{ after: 'relu1', head: 'mixed-pool' }]),
      ...[residual(), uNetLike(), sharedLayers()].map((model) => attachExits(model, [])),
    ];
    const saved: { json: string; weights: Uint8Array }[] = [];
    for (const [index, model] of models.entries()) {
      for (const weights of ['tensorflow', 'safetensors-float16'] as const) {
        const directory = join(folder, `saved${index}-${weights}`);
        await saveModel(model, directory, { weights });
        const file = (await readdir(directory)).find((name) => name.startsWith('weights-'))!;
        saved.push({
          json: await readFile(join(directory, 'model.json'), 'utf8'),
          weights: await readFile(join(directory, file)),
        });
      }
      model.model.dispose();
    }
    return await damageSaved(saved, { count, first }, await mkdtemp(join(folder, 'damaged-')));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function damageSaved(
  saved: readonly { json: string; weights: Uint8Array }[],
  range: { count: number; first: number },
  directory: string,
): Promise<DamageReport<'refused' | 'ran' | 'threw'>> {
  return trySeeds(
    { ...range, outcomes: ['refused', 'ran', 'threw'] },
    async (draws, seed) => {
      const { json, weights } = saved[seed % saved.length]!;
      const damaged = damage(json, weights, draws);
      for (const name of await readdir(directory)) await rm(join(directory, name));
      await writeFile(join(directory, damaged.name), damaged.weights);
      await writeFile(join(directory, 'model.json'), damaged.json);
    },
    async () => {
      const before = tf.memory().numTensors;
      const outcome = await tryModel(directory);
      return tf.memory().numTensors > before ? `tensors were left behind after it ${outcome}` : outcome;
    },
  );
}

async function tryModel(directory: string): Promise<string> {
  let model: MultiExitModel;
  try {
    model = await loadModel(directory);
  } catch (error) {
    if (EarlyExitError.is(error) && error.kind === 'data') return 'refused';
    return (error as Error).stack ?? String(error);
  }
  tf.engine().startScope();
  try {
    model.model.predict(randomInputs(model.model, 1));
    return 'ran';
  } catch {
    return 'threw';
  } finally {
    tf.engine().endScope();
    model.model.dispose();
  }
}

interface Damaged {
  readonly json: string;
  readonly weights: Uint8Array;
  /** The name of the weights' file. */
  readonly name: string;
}

/** Changes the text, a value of the document, or the weights, whose file is then renamed after their new checksum. */
function damage(text: string, weights: Uint8Array, draws: Draws): Damaged {
  const { below } = draws;
  const data = below(10) === 0 ? damageBytes(weights, draws) : weights;
  let json = text;
  if (below(8) === 0) json = damageText(json, draws);
  else {
    const document = JSON.parse(text) as object;
    damageJson(document, draws, { telling: TELLING, wholeOneIn: 8 });
    json = JSON.stringify(document);
  }
  const pattern = /weights-[0-9a-f]{16}(\.bin|\.safetensors)/;
  const name = weightsFileName(data, pattern.exec(text)![1]!);
  return { json: json.replace(pattern, name), weights: data, name };
}
