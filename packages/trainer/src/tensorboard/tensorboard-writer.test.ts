import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import { temporaryFolder } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { readEventFiles } from '../testing/read-event-files';
import { train, type TrainResult } from '../training/train';
import type { TrainOptions } from '../training/train-options';
import type { TrainingEvent } from '../training/training-event';
import { createRecordFraming } from './record-framing';
import { createTensorBoardWriter } from './tensorboard-writer';

const folder = await temporaryFolder();
const exits = ['exit0', 'final'];

beforeAll(async () => {
  await selectEngine('wasm');
});
async function run(
  runDirectory: string,
  options: Partial<TrainOptions> = {},
): Promise<TrainResult & { events: TrainingEvent[] }> {
  const directory = join(runDirectory, 'tensorboard');
  const writer = await createTensorBoardWriter({ directory, exits, interval: 3, description: '**tiny**' });
  const events: TrainingEvent[] = [];
  const result = await train({
    model: tinyNetwork(),
    train: stripes(32),
    validation: stripes(9, 2),
    epochs: 3,
    batchSize: 4,
    policy: { criterion: 'max-probability', thresholds: [0.6] },
    runDirectory,
    checkpointEvery: 5,
    ...options,
    onEvent: (event) => {
      writer.onEvent(event);
      events.push(event);
      options.onEvent?.(event);
    },
  });
  writer.dispose();
  return { ...result, events };
}

describe('TensorBoard event files', () => {
  it('frames records as TFRecord does', async () => {
    const frame = await createRecordFraming();
    // The checksums are those of `masked_crc32c` in TensorBoard 2.21.
    expect(frame(Buffer.from('abc')).toString('hex')).toBe('0300000000000000b099490e6162636e57f121');
  });

  it('holds the scalars of every interval and epoch', async () => {
    const { epochs, events } = await run(join(folder, 'whole'));
    const { scalars, starts, texts } = await readEventFiles(join(folder, 'whole', 'tensorboard'));
    expect(starts).toEqual([0]);
    expect(texts.get('run')).toBe('**tiny**');
    expect(texts.get('custom_scalars__config__')).toContain('^validation/accuracy/exit0$');
    // Eight steps an epoch: every third step, every checkpoint, the end of each epoch.
    const steps = [3, 5, 6, 8, 9, 10, 12, 15, 16, 18, 20, 21, 24];
    expect([...(scalars.get('train/loss')?.keys() ?? [])]).toEqual(steps);
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    const mean = progress.slice(0, 3).reduce((sum, { latest }) => sum + latest.loss, 0) / 3;
    expect(scalars.get('train/loss')?.get(3)).toBeCloseTo(mean, 6);
    expect(scalars.get('train/learning_rate')?.get(6)).toBe(Math.fround(progress[5]!.learningRate));
    for (const { step, trainLoss, trainAccuracy, validation } of epochs) {
      const value = (tag: string): number | undefined => scalars.get(tag)?.get(step);
      expect(value('epoch/loss')).toBe(Math.fround(trainLoss));
      expect(value('epoch/accuracy/exit0')).toBe(Math.fround(trainAccuracy[0]!));
      expect(value('validation/loss')).toBe(Math.fround(validation!.loss));
      expect(value('validation/accuracy/final')).toBe(Math.fround(validation!.accuracy[1]!));
      expect(value('validation/top1')).toBe(Math.fround(validation!.summary!.top1!));
      expect(value('validation/share/exit0')).toBe(Math.fround(validation!.summary!.exits[0]!.share));
    }
  });

  it('goes on after an interruption without a gap, and forgets what came after the last checkpoint', async () => {
    const whole = await readEventFiles(join(folder, 'whole', 'tensorboard'));
    const broken = join(folder, 'broken');
    const kill = new Error('killed');
    // The process ends without a word in the second epoch, after the checkpoint of step 10.
    const attempt = run(broken, {
      onEvent: (event) => {
        if (event.type === 'progress' && event.step === 13) throw kill;
      },
    });
    await expect(attempt).rejects.toThrow(kill);
    const before = await readEventFiles(join(broken, 'tensorboard'));
    expect(Math.max(...(before.scalars.get('train/loss')?.keys() ?? []))).toBeGreaterThan(10);
    await run(broken, { resume: true });
    const resumed = await readEventFiles(join(broken, 'tensorboard'));
    expect(await readdir(join(broken, 'tensorboard'))).toHaveLength(2);
    expect(resumed.starts).toEqual([0, 11]);
    for (const [tag, values] of whole.scalars) {
      expect([...(resumed.scalars.get(tag)?.keys() ?? [])], tag).toEqual([...values.keys()]);
      // Times differ from run to run.
      if (!/images|wait/.test(tag)) expect(resumed.scalars.get(tag), tag).toEqual(values);
    }
    // A run that is finished leaves no file of its own.
    await run(broken, { resume: true });
    expect(await readdir(join(broken, 'tensorboard'))).toHaveLength(2);
  });

  it('says which folder it could not write', async () => {
    const directory = join(folder, 'whole', 'config.json');
    expect(await readFile(directory, 'utf8')).toContain('{');
    const writer = await createTensorBoardWriter({ directory, exits });
    expect(() => {
      writer.onEvent({ type: 'start', step: 0, epochs: 1, stepsPerEpoch: 1, samples: 1, parameters: 1 });
    }).toThrow(/TensorBoard folder .*config\.json/);
    await expect(createTensorBoardWriter({ directory, exits, interval: 0 })).rejects.toThrow(/interval/);
  });
});
