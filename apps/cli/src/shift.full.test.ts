import { join } from 'node:path';
import { createShiftMonitor } from '@earlyexit/calibration';
import { randomStream, shuffledRows } from '@earlyexit/core';
import { decodeCachedLogits, type CachedLogitsFile } from '@earlyexit/calibration';
import { readFile } from 'node:fs/promises';
import { simulate, type Simulation, thresholdFromJson } from '@earlyexit/exit-criteria';
import { beforeAll, expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import type { CorruptedEvaluation } from '@earlyexit/evaluation';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import type { WatchedStream } from '@earlyexit/calibration';

// A real network on real images: B-LeNet, trained for one short epoch on MNIST.
const folder = await temporaryFolder();
const run = join(folder, 'run');
let policy: Pick<EvaluationDocument, 'criterion' | 'thresholds' | 'temperatures'>;

beforeAll(async () => {
  const trained = await runCommand([
    ...['train', '--model', 'b_lenet', '--dataset', 'mnist', '--limit', '8000', '--epochs', '1'],
    ...['--batch-size', '64', '--optimizer', 'adam', '--out', run, '--quiet'],
  ]);
  expect(trained.code, trained.stderr).toBe(0);
  const calibrated = await runCommand(['calibrate', run, '--target-macs', '0.4', '--json', '--quiet']);
  expect(calibrated.code, calibrated.stderr).toBe(0);
  policy = calibrated.json() as typeof policy;
});

it('notices noise, blur and low contrast of a real network’s images, the sooner the worse', async () => {
  const corruptions = [
    'noise:1',
    'noise:3',
    'noise:5',
    'blur:1',
    'blur:3',
    'blur:5',
    'contrast:1',
    'contrast:3',
  ];
  const ran = await runCommand([
    'evaluate',
    run,
    '--corrupt',
    ...corruptions,
    'contrast:5',
    '--json',
    '--quiet',
  ]);
  expect(ran.code, ran.stderr).toBe(0);
  const { shift, corrupted, top1 } = ran.json() as EvaluationDocument & {
    shift: WatchedStream;
    corrupted: CorruptedEvaluation[];
  };
  console.log(
    `as they are: ${(100 * (top1 ?? 0)).toFixed(2)} % right, alarms in ${String(shift.alarms)} of ${String(shift.orders)} orders`,
  );
  for (const { corruption, top1: right, shift: seen } of corrupted) {
    console.log(
      `${corruption.name}:${String(corruption.severity)}: ${(100 * (right ?? 0)).toFixed(2)} % right, ` +
        (seen.medianDelay === null
          ? `alarms in ${String(seen.alarms)} of ${String(seen.orders)} orders of ${String(seen.samples)} images`
          : `seen after ${String(seen.medianDelay)} of ${String(seen.samples)} images (${seen.signal ?? ''})`),
    );
  }
  for (const { corruption, shift: seen } of corrupted.filter((each) => each.corruption.severity >= 3)) {
    expect(seen.alarms, corruption.name).toBe(seen.orders);
    expect(seen.medianDelay, corruption.name).toBeLessThan(500);
  }
  for (const name of ['noise', 'blur', 'contrast']) {
    const delays = corrupted
      .filter(({ corruption }) => corruption.name === name)
      .map(({ shift: seen }) => seen.medianDelay ?? Infinity);
    // The median of 21 orders: neighbours at the smallest delays may change places by a few samples.
    for (let i = 1; i < delays.length; i++)
      expect(delays[i], name).toBeLessThanOrEqual((delays[i - 1] ?? 0) + 5);
  }
});

it('raises a false alarm in at most 1 % of 1,000 streams of the network’s own answers', async () => {
  const STREAMS = 1000;
  const RATE = 0.01;
  const { cached } = await calibrationLogits();
  const answers = simulate(cached, {
    criterion: policy.criterion,
    thresholds: policy.thresholds.map(thresholdFromJson),
    temperatures: policy.temperatures,
  });
  const random = randomStream(7);
  let alarms = 0;
  for (let stream = 0; stream < STREAMS; stream++) {
    // Reference and stream are drawn from the same real answers, without a sample in both.
    const rows = shuffledRows(cached.samples, random);
    const monitor = createShiftMonitor(pick(answers, rows.subarray(0, 2000)), {
      exits: 2,
      classes: 10,
      falseAlarmRate: RATE,
      seed: stream,
    });
    if (monitor.observe(pick(answers, rows.subarray(2000))).alarm) alarms++;
  }
  console.log(
    `false alarms: ${String(alarms)} of ${String(STREAMS)} streams of 3,000 real answers, ${String(RATE * STREAMS)} allowed`,
  );
  expect(alarms / STREAMS).toBeLessThanOrEqual(RATE + 3 * Math.sqrt((RATE * (1 - RATE)) / STREAMS));
});

async function calibrationLogits(): Promise<CachedLogitsFile> {
  return decodeCachedLogits(await readFile(join(run, 'logits', 'calibration.safetensors')));
}

function pick({ exitIndex, classes, scores }: Simulation, rows: Int32Array): Simulation {
  return {
    exitIndex: rows.map((row) => exitIndex[row] ?? 0),
    classes: rows.map((row) => classes[row] ?? 0),
    scores: Float64Array.from(rows, (row) => scores[row] ?? Number.NaN),
  };
}
