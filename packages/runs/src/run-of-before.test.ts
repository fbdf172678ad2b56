import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selectEngine } from '@earlyexit/backend';
import { type ExitPolicy, summarizeExits } from '@earlyexit/exit-criteria';
import { beforeAll, describe, expect, it } from 'vitest';
import { logitsCachePath, openRun, reopenSplits, splitLogits, calibrationLogits } from './index';
import { temporaryFolder } from '@earlyexit/testing';

/** A run folder as version 0.1 wrote it: trained, calibrated, exported, and what it answered then. */
const fixture = fileURLToPath(new URL('../../../tests/fixtures/run-of-0.1', import.meta.url));

interface Expected {
  readonly calibrate: { readonly samples: number; readonly top1: number; readonly averageMacs: number };
  readonly evaluate: {
    readonly samples: number;
    readonly top1: number;
    readonly averageMacs: number;
    readonly thresholds: readonly number[];
    readonly exits: readonly { readonly taken: number }[];
  };
}

describe('a run folder of version 0.1', async () => {
  const run = join(await temporaryFolder(), 'run');
  const dataDir = join(fixture, 'images.tar.gz');
  const expected = JSON.parse(await readFile(join(fixture, 'expected.json'), 'utf8')) as Expected;

  beforeAll(async () => {
    await selectEngine('wasm');
    await cp(join(fixture, 'run'), run, { recursive: true });
  });

  it('opens with its policy, its own splits and the logits that it kept', async () => {
    const opened = await openRun(run);
    const { policy, exits, staticMacs } = opened.model.metadata;
    expect(policy).toMatchObject({ thresholds: expected.evaluate.thresholds });

    const data = await reopenSplits(opened, { dataDir });
    const { train, validation, calibration, test } = data.splits;
    expect([train.size, validation.size, calibration.size, test.size]).toEqual([
      44,
      9,
      12,
      expected.evaluate.samples,
    ]);

    const notes: string[] = [];
    const { cached } = await calibrationLogits(opened, data, {
      onNote: (note) => {
        notes.push(note.text);
      },
    });
    expect(notes).toEqual([
      `calibration logits taken from ${logitsCachePath(run)}: same weights, same images`,
    ]);
    const costs = { exitMacs: exits.map(({ macs }) => macs), staticMacs };
    const { top1, averageMacs } = summarizeExits(cached, policy as ExitPolicy, costs);
    expect({ samples: cached.samples, top1, averageMacs }).toEqual({
      samples: expected.calibrate.samples,
      top1: expected.calibrate.top1,
      averageMacs: expected.calibrate.averageMacs,
    });
  });

  it('answers as it did', async () => {
    const opened = await openRun(run);
    const { policy, exits, staticMacs } = opened.model.metadata;
    const data = await reopenSplits(opened, { dataDir });
    const summary = summarizeExits(await splitLogits(opened, data, 'test'), policy as ExitPolicy, {
      exitMacs: exits.map(({ macs }) => macs),
      staticMacs,
    });
    expect(summary.top1).toBe(expected.evaluate.top1);
    expect(summary.averageMacs).toBeCloseTo(expected.evaluate.averageMacs, 6);
    expect(summary.exits.map(({ taken }) => taken)).toEqual(
      expected.evaluate.exits.map(({ taken }) => taken),
    );
  });
});
