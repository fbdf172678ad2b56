import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EarlyExitError } from '@earlyexit/core';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { train } from '../train';
import { sha256 } from './files';
import { openRunFolder } from './run-folder';

type Json = Record<string, unknown>;
type Below = (limit: number) => number;

/** What became of mutated checkpoints. */
export interface DamageSummary {
  readonly refused: number;
  readonly read: number;
  /** Of those read, trainings that went on from one, and those that were refused. */
  readonly resumed: number;
  readonly notResumed: number;
  /** Anything but an error of our own. */
  readonly bugs: readonly string[];
  readonly slowestMs: number;
}

const STATE = 'state.json';
const TENSORS = 'tensors.safetensors';
const SUMS = 'SHA256SUMS';

/** Numbers and words at which counts, lists and names go wrong. */
const TELLING: readonly unknown[] = [
  ...[
    0,
    1,
    -1,
    2,
    0.5,
    1e5,
    2 ** 31,
    2 ** 53,
    1e308,
    null,
    true,
    '',
    'x',
    '__proto__',
    'earlyexit-checkpoint',
  ],
  ...['../../outside.safetensors', '/etc/passwd', 'best-epoch-0001.safetensors', 'a'.repeat(64)],
  ...[[], {}, [1, 1], [null, null], { toString: 1 }, { file: '../state.json', sha256: 'x' }],
];
// A resumed training takes a hundred times as long as reading.
const RESUME_EVERY = 10;

/** Trains a tiny network, changes its checkpoint in one to four places, finds and resumes it, seed by seed. */
export async function damageCheckpoints(count: number, first = 0): Promise<DamageSummary> {
  const scratch = await mkdtemp(join(tmpdir(), 'earlyexit-damaged-'));
  const options = { train: stripes(20), validation: stripes(9, 2), batchSize: 8, seed: 5, averageDecay: 0.9 };
  const settings = { ...options, restoreBest: true, runDirectory: join(scratch, 'run') };
  try {
    await train({ ...settings, model: tinyNetwork(), epochs: 2, keepCheckpoints: 1 });
    const whole = await readAll(join(settings.runDirectory, 'checkpoints'));
    const tally = { refused: 0, read: 0, resumed: 0, notResumed: 0, slowestMs: 0 };
    const bugs: string[] = [];
    for (let seed = first; seed < first + count; seed++) {
      await writeAll(join(settings.runDirectory, 'checkpoints'), damage(whole, seededBelow(seed)));
      const started = performance.now();
      const found = await outcomeOf(async () => {
        const folder = await openRunFolder(settings.runDirectory, true);
        if ((await folder.findCheckpoint(() => Promise.resolve())) === null)
          throw new Error('none was found');
      });
      tally.slowestMs = Math.max(tally.slowestMs, performance.now() - started);
      if (found === 'done') tally.read++;
      else if (found === 'refused') tally.refused++;
      else bugs.push(`seed ${seed}: ${found}`);
      if (found !== 'done' || seed % RESUME_EVERY !== 0) continue;
      const resumed = await outcomeOf(() =>
        train({ ...settings, model: tinyNetwork(), epochs: 3, resume: true }),
      );
      if (resumed === 'done') tally.resumed++;
      else if (resumed === 'refused') tally.notResumed++;
      else bugs.push(`seed ${seed}, resumed: ${resumed}`);
    }
    return { ...tally, bugs };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return EarlyExitError.is(error) ? 'refused' : ((error as Error).stack ?? String(error));
  }
}

/** Paths in the folder of the checkpoints, with their content. */
async function readAll(checkpoints: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(checkpoints, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(checkpoints.length + 1), await readFile(path));
  }
  return files;
}

async function writeAll(checkpoints: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await rm(checkpoints, { recursive: true });
  await mkdir(checkpoints);
  for (const [name, content] of files) {
    await mkdir(join(checkpoints, name, '..'), { recursive: true });
    await writeFile(join(checkpoints, name), content);
  }
}

/** Changes the state, the tensors or the best weights, and mostly signs anew: only a checksum would be too easy. */
function damage(whole: ReadonlyMap<string, Uint8Array>, below: Below): Map<string, Uint8Array> {
  const files = new Map(whole);
  const pathOf = (name: string): string => [...files.keys()].find((path) => path.includes(name))!;
  const [statePath, tensorsPath, bestPath, sumsPath] = [STATE, TENSORS, 'best-', SUMS].map(pathOf) as [
    string,
    string,
    string,
    string,
  ];
  let state = Buffer.from(files.get(statePath)!).toString('utf8');
  const what = below(10);
  if (what === 0) files.set(tensorsPath, changeBytes(files.get(tensorsPath)!, below));
  else if (what === 1) {
    const best = changeBytes(files.get(bestPath)!, below);
    files.set(bestPath, best);
    const document = JSON.parse(state) as { best: { weights: { sha256: string } } };
    document.best.weights.sha256 = sha256(best);
    state = JSON.stringify(document);
  } else if (what === 2) {
    const at = below(state.length);
    const deep = '['.repeat(100_000);
    state =
      state.slice(0, at) +
      ['', '[', '}', '"', 'null', deep, '\u0000'][below(7)]! +
      state.slice(at + below(4));
  } else {
    const document = JSON.parse(state) as Json;
    for (let left = 1 + below(4); left > 0; left--) changeSomewhere(document, below);
    state = JSON.stringify(document);
  }
  files.set(statePath, Buffer.from(state));
  if (below(10) === 0) files.delete([...files.keys()][below(files.size)]!);
  const signed = `${sha256(files.get(tensorsPath) ?? new Uint8Array())}  ${TENSORS}\n${sha256(Buffer.from(state))}  ${STATE}\n`;
  if (files.has(sumsPath) && below(20) > 0)
    files.set(sumsPath, below(20) === 0 ? changeBytes(Buffer.from(signed), below) : Buffer.from(signed));
  return files;
}

function changeBytes(content: Uint8Array, below: Below): Uint8Array {
  const changed = Uint8Array.from(content);
  const limit = below(2) === 0 ? Math.min(changed.length, 600) : changed.length;
  for (let left = 1 + below(4); left > 0; left--) changed[below(limit)] = below(256);
  return below(4) === 0 ? changed.subarray(0, below(changed.length)) : changed;
}

function changeSomewhere(value: Json, below: Below): void {
  const keys = Object.keys(value);
  if (keys.length === 0) return;
  const key = keys[below(keys.length)]!;
  const held = value[key];
  if (typeof held === 'object' && held !== null && below(5) > 0) {
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
function seededBelow(seed: number): Below {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}
