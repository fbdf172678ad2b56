import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EarlyExitError } from '@earlyexit/core';
import {
  damageBytes,
  damageJson,
  type DamageReport,
  damageText,
  type Draws,
  trySeeds,
} from '@earlyexit/testing';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { train } from '../training/train';
import { sha256 } from './files';
import { openRunFolder } from './run-folder';

type Outcome = 'refused' | 'read' | 'read and resumed' | 'read and not resumed';

const STATE = 'state.json';
const TENSORS = 'tensors.safetensors';
const SUMS = 'SHA256SUMS';

/** Words at which a checkpoint in particular goes wrong. */
const TELLING: readonly unknown[] = [
  ...['earlyexit-checkpoint', '../../outside.safetensors', 'best-epoch-0001.safetensors', 'a'.repeat(64)],
  { file: '../state.json', sha256: 'x' },
];
// A resumed training takes a hundred times as long as reading.
const RESUME_EVERY = 10;

/**
 * Trains a tiny network, changes its checkpoint in one to four places, finds it and, every tenth time, resumes it, seed by
 * seed.
 */
export async function damageCheckpoints(count: number, first = 0): Promise<DamageReport<Outcome>> {
  const scratch = await mkdtemp(join(tmpdir(), 'earlyexit-damaged-'));
  const options = { train: stripes(20), validation: stripes(9, 2), batchSize: 8, seed: 5, averageDecay: 0.9 };
  const settings = { ...options, restoreBest: true, runDirectory: join(scratch, 'run') };
  try {
    await train({ ...settings, model: tinyNetwork(), epochs: 2, keepCheckpoints: 1 });
    const checkpoints = join(settings.runDirectory, 'checkpoints');
    const whole = await readAll(checkpoints);
    return await trySeeds(
      { count, first, outcomes: ['refused', 'read', 'read and resumed', 'read and not resumed'] },
      (draws) => writeAll(checkpoints, damage(whole, draws)),
      async (_, seed) => {
        const found = await outcomeOf(async () => {
          const folder = await openRunFolder(settings.runDirectory, true);
          try {
            if ((await folder.findCheckpoint(() => Promise.resolve())) === null)
              throw new Error('none was found');
          } finally {
            folder.close();
          }
        });
        if (found !== 'done') return found;
        if (seed % RESUME_EVERY !== 0) return 'read';
        const resumed = await outcomeOf(() =>
          train({ ...settings, model: tinyNetwork(), epochs: 3, resume: true }),
        );
        if (resumed === 'done') return 'read and resumed';
        return resumed === 'refused' ? 'read and not resumed' : `resumed: ${resumed}`;
      },
    );
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
function damage(whole: ReadonlyMap<string, Uint8Array>, draws: Draws): Map<string, Uint8Array> {
  const { below } = draws;
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
  if (what === 0) files.set(tensorsPath, damageBytes(files.get(tensorsPath)!, draws));
  else if (what === 1) {
    const best = damageBytes(files.get(bestPath)!, draws);
    files.set(bestPath, best);
    const document = JSON.parse(state) as { best: { weights: { sha256: string } } };
    document.best.weights.sha256 = sha256(best);
    state = JSON.stringify(document);
  } else if (what === 2) {
    state = damageText(state, draws);
  } else {
    const document = JSON.parse(state) as object;
    damageJson(document, draws, { telling: TELLING, wholeOneIn: 5 });
    state = JSON.stringify(document);
  }
  files.set(statePath, Buffer.from(state));
  if (below(10) === 0) files.delete([...files.keys()][below(files.size)]!);
  const signed = `${sha256(files.get(tensorsPath) ?? new Uint8Array())}  ${TENSORS}\n${sha256(Buffer.from(state))}  ${STATE}\n`;
  if (files.has(sumsPath) && below(20) > 0)
    files.set(sumsPath, below(20) === 0 ? damageBytes(Buffer.from(signed), draws) : Buffer.from(signed));
  return files;
}
