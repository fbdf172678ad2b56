import { EarlyExitError } from '@earlyexit/core';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachExits } from './attach-exits';
import { weightsFileName } from './model-files';
import type { MultiExitModel } from './multi-exit-model';
import { loadModel, saveModel } from './node';
import { randomInputs, residual, sharedLayers, uNetLike, vggLike } from './test-networks';
import { tf } from './tf';

type Json = Record<string, unknown>;

/** What became of mutated models. */
export interface DamageSummary {
  readonly refused: number;
  readonly ran: number;
  /** Loaded, and refused by TensorFlow.js with an exception when they ran. */
  readonly threw: number;
  /** Anything but a DataError when loading, or tensors left behind. */
  readonly bugs: readonly string[];
  readonly slowestMs: number;
}

/** Numbers and words at which sizes, axes and names go wrong. */
const TELLING = [
  ...[0, 1, -1, 2, 3, 0.5, 7, 255, 1e5, 2 ** 31, 2 ** 40, 1e308, null, true, '', 'same', 'x', '__proto__'],
  ...['constructor', 'linear', 'channelsFirst', 'Dense', 'Conv2D', 'LSTM', 'float32', 'complex64', 'string'],
  ...['../../weights.bin', '/etc/passwd', 'weights-0000000000000000.bin', [], {}, [1, 1], ['x', 0, 0]],
];

/** Saves small networks, changes their files in one to four places, loads and runs what came of it, seed by seed. */
export async function damageModels(count: number, first = 0): Promise<DamageSummary> {
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-damaged-'));
  try {
    const models: MultiExitModel[] = [
      attachExits(vggLike(), [{ after: 'relu1', head: 'mixed-pool' }]),
      ...[residual(), uNetLike(), sharedLayers()].map((model) => attachExits(model, [])),
    ];
    const saved: { json: string; weights: Uint8Array }[] = [];
    for (const [index, model] of models.entries()) {
      const directory = join(folder, `saved${index}`);
      await saveModel(model, directory);
      const weights = (await readdir(directory)).find((name) => name.endsWith('.bin'))!;
      saved.push({
        json: await readFile(join(directory, 'model.json'), 'utf8'),
        weights: await readFile(join(directory, weights)),
      });
      model.model.dispose();
    }
    return await damageSaved(saved, [first, first + count], await mkdtemp(join(folder, 'damaged-')));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function damageSaved(
  saved: readonly { json: string; weights: Uint8Array }[],
  [first, end]: readonly [number, number],
  directory: string,
): Promise<DamageSummary> {
  const tally = { refused: 0, ran: 0, threw: 0, slowestMs: 0 };
  const bugs: string[] = [];
  for (let seed = first; seed < end; seed++) {
    const { json, weights } = saved[seed % saved.length]!;
    const damaged = damage(json, weights, seed);
    for (const name of await readdir(directory)) await rm(join(directory, name));
    await writeFile(join(directory, weightsFileName(damaged.weights)), damaged.weights);
    await writeFile(join(directory, 'model.json'), damaged.json);
    const before = tf.memory().numTensors;
    const started = performance.now();
    const outcome = await tryModel(directory);
    tally.slowestMs = Math.max(tally.slowestMs, performance.now() - started);
    if (outcome !== 'ran' && outcome !== 'refused' && outcome !== 'threw')
      bugs.push(`seed ${seed}: ${outcome}`);
    else tally[outcome]++;
    if (tf.memory().numTensors > before)
      bugs.push(`seed ${seed}: tensors were left behind after it ${outcome}`);
  }
  return { ...tally, bugs };
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

/** Changes the text, a value of the document, or the weights; their file is named after their checksum again. */
function damage(text: string, weights: Uint8Array, seed: number): { json: string; weights: Uint8Array } {
  const below = seededBelow(seed);
  const changed = weights.slice();
  if (below(10) === 0) for (let i = 0; i < 40; i++) changed[below(changed.length)] = below(256);
  const data = below(25) === 0 ? changed.subarray(0, below(changed.length)) : changed;
  let json = text;
  if (below(8) === 0) {
    const at = below(json.length);
    json =
      json.slice(0, at) +
      ['', '[', '}', '"', 'null', '['.repeat(1000)][below(6)]! +
      json.slice(at + below(4));
  } else {
    const document = JSON.parse(text) as Json;
    for (let left = 1 + below(4); left > 0; left--) changeSomewhere(document, below);
    json = JSON.stringify(document);
  }
  const name = /weights-[0-9a-f]{16}\.bin/;
  return { json: json.replace(name, weightsFileName(data)), weights: data };
}

function changeSomewhere(value: Json, below: (limit: number) => number): void {
  const keys = Object.keys(value);
  if (keys.length === 0) return;
  const key = keys[below(keys.length)]!;
  const held = value[key];
  if (typeof held === 'object' && held !== null && below(8) > 0) {
    changeSomewhere(held as Json, below);
    return;
  }
  const how = below(6);
  const other = keys[below(keys.length)]!;
  if (how === 0) Reflect.deleteProperty(value, key);
  else if (how === 1) [value[key], value[other]] = [value[other], value[key]];
  else if (how === 2 && typeof held === 'number') value[key] = held + [-1, 1, held, -2 * held][below(4)]!;
  else if (how === 3 && Array.isArray(held)) value[key] = (held as unknown[]).concat(structuredClone(held));
  else value[key] = structuredClone(TELLING[below(TELLING.length)]);
}

/** Whole numbers from 0 to below a limit (mulberry32): the same for the same seed. */
function seededBelow(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
