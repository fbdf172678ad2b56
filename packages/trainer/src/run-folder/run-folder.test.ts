import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { EarlyExitError } from '@earlyexit/core';
import { writeSafetensors } from '@earlyexit/core/safetensors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyTotals } from '../epoch/epoch-metrics';
import {
  type Checkpoint,
  DamagedCheckpoint,
  listCheckpoints,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint';
import { sha256 } from './files';
import { openRunFolder } from './run-folder';

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'earlyexit-run-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const checkpoint = (step: number, best: Checkpoint['state']['best'] = null): Checkpoint => ({
  state: {
    format: 'earlyexit-checkpoint',
    formatVersion: 1,
    step,
    epoch: 0,
    batch: step,
    totals: emptyTotals(2),
    history: [],
    best,
    optimizerNumbers: { beta1Power: 0.9 ** step },
    training: { seed: 0 },
  },
  tensors: new Map([['weights/a', { shape: [2], values: Float32Array.from([step, 0.1]) }]]),
});
const kindOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: unknown) => (EarlyExitError.is(error) ? `${error.kind}: ${error.message}` : String(error)),
  );

// Only Linux has a device that is always full.
it.runIf(existsSync('/dev/full'))('names the file that does not fit on a full disk', async () => {
  const folder = await openRunFolder(path, false);
  await symlink('/dev/full', join(path, 'events.jsonl'));
  const written = kindOf(folder.appendEvent({ type: 'warning', message: 'full' }));
  expect(await written).toMatch(
    /^environment: [^:]*events\.jsonl: .*ENOSPC.*Make room, then go on with resume/,
  );
  folder.close();
});

describe('openRunFolder', () => {
  it('makes a folder that is not there, several levels deep', async () => {
    (await openRunFolder(join(path, 'a', 'b'), false)).close();
    expect((await readdir(join(path, 'a', 'b'))).sort()).toEqual(['checkpoints', 'model']);
  });

  it('refuses a folder that is not empty unless it is resumed', async () => {
    (await openRunFolder(join(path, 'run'), false)).close();
    expect(await kindOf(openRunFolder(join(path, 'run'), false))).toMatch(/^data: .*must be empty/);
    expect(await kindOf(openRunFolder(join(path, 'run'), true))).toBe('none');
  });

  it('refuses a file, and to resume in a folder of something else', async () => {
    await writeFile(join(path, 'photo.jpg'), '');
    expect(await kindOf(openRunFolder(join(path, 'photo.jpg'), true))).toMatch(/^data: .*must be a folder/);
    expect(await kindOf(openRunFolder(path, true))).toMatch(/^data: .*photo\.jpg/);
  });

  it('says what the system refuses', async () => {
    await writeFile(join(path, 'file'), '');
    expect(await kindOf(openRunFolder(join(path, 'file', 'run'), false))).toMatch(/^environment: .*ENOTDIR/);
  });

  it('does not mind what its owner has put beside the training', async () => {
    (await openRunFolder(join(path, 'run'), false)).close();
    await writeFile(join(path, 'run', 'notes.txt'), '');
    expect(await kindOf(openRunFolder(join(path, 'run'), true))).toBe('none');
  });

  it('drops half a line of events that a killed process left', async () => {
    await mkdir(join(path, 'checkpoints'));
    await writeFile(join(path, 'events.jsonl'), '{"type":"start"}\n{"type":"che');
    const folder = await openRunFolder(path, true);
    await folder.appendEvent({ type: 'warning', message: 'x' });
    const lines = (await readFile(join(path, 'events.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['start', 'warning']);
  });
});

describe('checkpoints', () => {
  it('come back as they were written', async () => {
    const name = await writeCheckpoint(path, checkpoint(3));
    expect(name).toBe('000001-step-3');
    const read = await readCheckpoint(path, name);
    expect(read.state).toEqual(checkpoint(3).state);
    expect([...read.tensors.get('weights/a')!.values]).toEqual([3, Math.fround(0.1)]);
    expect(await writeCheckpoint(path, checkpoint(3))).toBe('000002-step-3');
    expect(await listCheckpoints(path)).toEqual(['000002-step-3', '000001-step-3']);
  });

  const files = ['tensors.safetensors', 'state.json', 'SHA256SUMS'];
  it.each(files)('are damaged when %s is missing, cut off or changed', async (file) => {
    const damage = [
      (target: string) => rm(target),
      (target: string) => truncate(target, 20),
      async (target: string) => {
        const bytes = await readFile(target);
        bytes[10]! ^= 1;
        await writeFile(target, bytes);
      },
    ];
    for (const spoil of damage) {
      const name = await writeCheckpoint(path, checkpoint(1));
      await spoil(join(path, name, file));
      await expect(readCheckpoint(path, name)).rejects.toBeInstanceOf(DamagedCheckpoint);
    }
  });

  it('that were being written when the process was killed do not count', async () => {
    await mkdir(join(path, '.writing'));
    await writeFile(join(path, '.writing', 'tensors.safetensors'), 'half');
    expect(await listCheckpoints(path)).toEqual([]);
    expect(await writeCheckpoint(path, checkpoint(1))).toBe('000001-step-1');
    expect(await readdir(path)).toEqual(['000001-step-1']);
  });

  it('of another format version are refused, not passed over', async () => {
    const other = checkpoint(1);
    const name = await writeCheckpoint(path, { ...other, state: { ...other.state, formatVersion: 2 as 1 } });
    expect(await kindOf(readCheckpoint(path, name))).toMatch(
      /^data: .*format version 1.*earlyexit-checkpoint 2/,
    );
  });
});

describe('checkpoints from elsewhere', () => {
  const rewrite = async (name: string, change: (state: Record<string, unknown>) => void): Promise<void> => {
    const file = join(path, name, 'state.json');
    const state = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    change(state);
    await writeFile(file, JSON.stringify(state));
    await sign(name);
  };
  const sign = async (name: string): Promise<void> => {
    const line = async (file: string): Promise<string> =>
      `${sha256(await readFile(join(path, name, file)))}  ${file}\n`;
    await writeFile(
      join(path, name, 'SHA256SUMS'),
      (await line('tensors.safetensors')) + (await line('state.json')),
    );
  };

  it('name no weights outside their folder, whatever the checksum', async () => {
    const name = await writeCheckpoint(path, checkpoint(1));
    const secret = join(path, '..', `${basename(path)}-secret.safetensors`);
    const bytes = writeSafetensors(checkpoint(1).tensors);
    await writeFile(secret, bytes);
    try {
      for (const file of [`../${basename(secret)}`, secret]) {
        await rewrite(name, (state) => {
          state['best'] = { epoch: 1, score: 1, weights: { file, sha256: sha256(bytes) } };
        });
        expect(await kindOf(readCheckpoint(path, name))).toMatch(/^data: .*best is null or names an epoch/);
      }
      const inside = 'best-epoch-0001.safetensors';
      await rewrite(name, (state) => {
        state['best'] = { epoch: 1, score: 1, weights: { file: inside, sha256: sha256(bytes) } };
      });
      await symlink(secret, join(path, inside));
      expect(await kindOf(readCheckpoint(path, name))).toMatch(/^data: .*lies in the folder.*a link to/);
      await rm(join(path, inside));
      await writeFile(join(path, inside), bytes);
      expect(await kindOf(readCheckpoint(path, name))).toBe('none');
    } finally {
      await rm(secret);
    }
  });

  it('are no links to others', async () => {
    const elsewhere = join(path, 'elsewhere');
    await mkdir(elsewhere);
    const name = await writeCheckpoint(elsewhere, checkpoint(1));
    await symlink(join(elsewhere, name), join(path, name));
    expect(await kindOf(readCheckpoint(path, name))).toMatch(/^data: .*in its run folder.*a link to/);
  });

  it.each([
    ['no JSON', '{"format":'],
    ['nothing of a checkpoint', 'null'],
    ['what is nested deep', '['.repeat(100_000)],
    ['a version that is no text', '{"format":{"toString":1}}'],
  ])('are refused when their state is %s and signed', async (_, text) => {
    const name = await writeCheckpoint(path, checkpoint(1));
    await writeFile(join(path, name, 'state.json'), text);
    await sign(name);
    expect(await kindOf(readCheckpoint(path, name))).toMatch(/^data: .*state\.json/);
  });

  it('that cannot be read end no training that writes another', async () => {
    const folder = await openRunFolder(join(path, 'run'), true);
    for (const step of [1, 2]) await folder.writeCheckpoint(checkpoint(step), 3);
    await writeFile(join(path, 'run', 'checkpoints', '000001-step-1', 'state.json'), '{');
    await folder.writeCheckpoint(checkpoint(3), 3);
    expect(await listCheckpoints(join(path, 'run', 'checkpoints'))).toHaveLength(3);
  });
});

describe('a run folder', () => {
  const open = (): ReturnType<typeof openRunFolder> => openRunFolder(join(path, 'run'), true);

  it('keeps the newest checkpoints and the best weights that they name', async () => {
    const folder = await open();
    const weights = checkpoint(0).tensors;
    for (let step = 1; step <= 4; step += 1) {
      const best =
        step <= 3 ? { epoch: step, score: step, weights: await folder.writeBest(step, weights) } : null;
      await folder.writeCheckpoint(checkpoint(step, best), 2);
    }
    expect((await readdir(join(path, 'run', 'checkpoints'))).sort()).toEqual([
      '000003-step-3',
      '000004-step-4',
      'best-epoch-0003.safetensors',
    ]);
  });

  it('names damaged checkpoints, puts them aside and takes the one before', async () => {
    const folder = await open();
    const checkpoints = join(path, 'run', 'checkpoints');
    for (const step of [1, 2, 3]) await folder.writeCheckpoint(checkpoint(step), 3);
    await truncate(join(checkpoints, '000003-step-3', 'tensors.safetensors'), 30);
    await rm(join(checkpoints, '000002-step-2', 'state.json'));
    const warnings: string[] = [];
    const found = await folder.findCheckpoint(async (message) => void warnings.push(message));
    expect(found!.name).toBe('000001-step-1');
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/000003-step-3 is damaged.*tensors\.safetensors differs from its checksum/);
    expect(warnings[1]).toMatch(/000002-step-2 is damaged.*state\.json is missing/);
    expect(await listCheckpoints(checkpoints)).toEqual(['000001-step-1']);
    // A damaged one does not take the place of a good one, nor its number.
    await folder.writeCheckpoint(checkpoint(2), 2);
    expect(await listCheckpoints(checkpoints)).toEqual(['000004-step-2', '000001-step-1']);
  });

  it('refuses to begin again when every checkpoint is damaged', async () => {
    const folder = await open();
    await folder.writeCheckpoint(checkpoint(1), 3);
    await rm(join(path, 'run', 'checkpoints', '000001-step-1', 'SHA256SUMS'));
    expect(await kindOf(folder.findCheckpoint(async () => undefined))).toMatch(
      /^data: .*at least one checkpoint/,
    );
  });

  it('checks the best weights that a checkpoint names', async () => {
    const folder = await open();
    const best = { epoch: 1, score: 1, weights: await folder.writeBest(1, checkpoint(0).tensors) };
    await folder.writeCheckpoint(checkpoint(1, best), 3);
    await truncate(join(path, 'run', 'checkpoints', 'best-epoch-0001.safetensors'), 10);
    const warnings: string[] = [];
    await kindOf(folder.findCheckpoint(async (message) => void warnings.push(message)));
    expect(warnings.join()).toMatch(/best-epoch-0001\.safetensors differs from its checksum/);
  });
});
