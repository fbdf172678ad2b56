import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportData } from '@earlyexit/evaluation';
import { runCommand } from './testing/run-command';
import { isAmong, numbersIn, shownNumbers, temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from './testing/tiny-images';
import type { EvaluationDocument } from '@earlyexit/evaluation';

const folder = await temporaryFolder();
const images = join(folder, 'images');
const run = join(folder, 'run');
const train = [
  'train',
  '--model',
  'test_b_lenet',
  '--dataset',
  'image-folder',
  '--data-dir',
  images,
  '--engine',
  'wasm',
];

describe('from images to a report', () => {
  beforeAll(() => writeTinyDataset(images));

  it('trains, calibrates, evaluates, predicts and reports', async () => {
    const trained = await runCommand([
      ...[
        ...train,
        '--out',
        run,
        '--epochs',
        '12',
        '--batch-size',
        '16',
        '--optimizer',
        'adam',
        '--lr',
        '0.01',
      ],
      ...['--lossweights', '0.4', '--earlyexit', '0.9', '--calibration', '45', '--json'],
    ]);
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.json()).toMatchObject({
      run,
      bestEpoch: expect.any(Number) as number,
      interrupted: false,
    });
    for (const name of [
      'config.json',
      'metrics.csv',
      'events.jsonl',
      'model/best/model.json',
      'model/last/model.json',
    ]) {
      await access(join(run, name));
    }

    const untouched = await runCommand(['evaluate', run, '--engine', 'wasm', '--json']);
    expect(untouched.stderr).toContain('not calibrated');
    expect(untouched.json()).toMatchObject({ thresholds: [null], exits: [{ taken: 0 }, { share: 1 }] });

    const curve = join(folder, 'curve.csv');
    const calibrated = await runCommand(['calibrate', run, '--curve', curve, '--engine', 'wasm', '--json']);
    expect(calibrated.code, calibrated.stderr).toBe(0);
    const { thresholds, temperatures, samples } = calibrated.json() as EvaluationDocument;
    expect(samples).toBe(45);
    expect(thresholds).toHaveLength(1);
    expect(temperatures).toHaveLength(2);
    expect(await readFile(curve, 'utf8')).toMatch(
      /^threshold_exit0,accuracy,averageMacs,share,accuracy_low,accuracy_high,averageMacs_low,averageMacs_high,share_low,share_high\n/,
    );

    const evaluated = await runCommand(['evaluate', run, '--engine', 'wasm', '--json']);
    expect(evaluated.code, evaluated.stderr).toBe(0);
    const document = evaluated.json() as EvaluationDocument;
    expect(document).toMatchObject({
      model: 'test_b_lenet',
      dataset: 'image-folder',
      split: 'test',
      engine: 'wasm',
      criterion: 'max-probability',
      thresholds,
      temperatures,
      top5: null,
    });
    expect(document.top1).toBeGreaterThan(0.8);
    expect(document.exits.reduce((sum, { taken }) => sum + taken, 0)).toBe(document.samples);
    expect(document.macsRatio).toBeCloseTo((document.static.macs ?? 0) / (document.averageMacs ?? 0), 12);

    const { averageMicrojoules, staticMicrojoules, ...energy } = document.energy!;
    const ratio = staticMicrojoules / averageMicrojoules;
    expect(energy).toEqual({ model: 'horowitz-45nm', dtype: 'float32', ratio });

    const text = await runCommand(['evaluate', run, '--engine', 'wasm']);
    expect(text.stdout).toMatch(/× less energy by horowitz-45nm: /);
    expect(text.stdout).toMatch(/^Percent Early Exit \d: \d+\.\d{3}$/m);
    expect(text.stdout).toMatch(
      /^Totals for entire network with early exits: top1 = \d+\.\d{3}, top5 = n\/a$/m,
    );

    const compared = await runCommand(['evaluate', run, '--criterion', 'all', '--engine', 'wasm', '--json']);
    expect(compared.code, compared.stderr).toBe(0);
    const {
      criteria,
      oracleRule,
      static: network,
    } = compared.json() as {
      criteria: (EvaluationDocument & { kind: string })[];
      oracleRule: EvaluationDocument;
      static: EvaluationDocument['static'];
    };
    expect(criteria.map(({ criterion }) => criterion).sort()).toEqual([
      ...['accuracy-controlled', 'energy', 'ensemble', 'entropy', 'exponential-budget', 'margin'],
      ...['max-probability', 'most-confident', 'normalized-entropy', 'patience', 'product-anytime'],
      ...['scheduler', 'unique-above'],
    ]);
    expect(oracleRule.criterion).toBe('cross-entropy-oracle');
    for (const each of [...criteria, oracleRule]) {
      expect(each).toMatchObject({ samples: document.samples, static: network, oracle: document.oracle });
      expect(each.exits).toHaveLength(2);
    }
    const table = await runCommand(['evaluate', run, '--criterion', 'all', '--engine', 'wasm']);
    expect(table.stdout).toMatch(/^scheduler .*%/m);
    expect(table.stdout).toMatch(/^most-confident .*%/m);
    expect(table.stdout).toMatch(/^cross-entropy-oracle \* .*%/m);

    const plain = join(folder, 'plain');
    const other = ['--model', 'test_lenet', '--epochs', '2', '--calibration', '45', '--out', plain];
    const smaller = await runCommand([...train.filter((_, i) => i !== 1 && i !== 2), ...other]);
    expect(smaller.code, smaller.stderr).toBe(0);

    const report = await runCommand(['report', run, '--compare', plain, '--engine', 'wasm', '--json']);
    expect(report.code, report.stderr).toBe(0);
    const page = await readFile(join(run, 'report.html'), 'utf8');
    const [, embedded = ''] =
      /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(page) ?? [];
    const data = JSON.parse(embedded) as ReportData;
    expect(data.evaluation).toEqual(document);
    const { evaluation: _, ...shown } = data;
    expect(report.json()).toEqual({ ...document, ...shown, report: join(run, 'report.html') });
    expect(data.curve.compared).toMatchObject([
      {
        name: 'test_lenet',
        run: plain,
        earlyExits: 0,
        calibrated: false,
        share: expect.any(Number) as number,
      },
    ]);
    const parsed = parseHTML(page).document;
    const numbers = numbersIn(data);
    expect(shownNumbers(parsed).filter((text) => !isAmong(text, numbers))).toEqual([]);
    expect(data.examples.last.length).toBeGreaterThan(0);
    expect(page).toContain('src="data:image/png;base64,');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);

    const predicted = await runCommand([
      'predict',
      run,
      join(images, 'top', '001.png'),
      join(images, 'left'),
      '--engine',
      'wasm',
      '--json',
    ]);
    expect(predicted.code, predicted.stderr).toBe(0);
    const predictions = predicted.json() as { input: string; label: string; exit: number; macs: number }[];
    expect(predictions).toHaveLength(61);
    expect(predictions[0]).toMatchObject({ input: join(images, 'top', '001.png'), label: 'top' });
    expect(predictions.slice(1).filter(({ label }) => label === 'left').length).toBeGreaterThan(45);
    for (const { exit, macs } of predictions) expect(macs).toBe(document.exits[exit]?.macs);

    const piped = await runCommand(['predict', run, '-', '--engine', 'wasm', '--json'], {
      stdin: await readFile(join(images, 'top', '001.png')),
    });
    expect(piped.json()).toMatchObject([{ input: '-', label: 'top' }]);
  });

  it('stops at Ctrl-C, saves, and goes on where it stopped', async () => {
    const out = join(folder, 'interrupted');
    const options = [...train, '--out', out, '--epochs', '4', '--batch-size', '8', '--json'];
    const interrupts: (() => void)[] = [];
    const stopped = await runCommand(options, {
      onStart: (interrupt) => interrupts.push(interrupt),
      // The first epoch is done: the second is interrupted in its middle.
      onError: (text) => {
        if (text.startsWith('epoch 1:')) setTimeout(() => interrupts[0]?.(), 5);
      },
    });
    expect(stopped.code, stopped.stderr).toBe(130);
    const { step, interrupted } = stopped.json() as { step: number; interrupted: boolean };
    expect(interrupted).toBe(true);
    expect(step).toBeGreaterThan(0);

    const resumed = await runCommand(['train', '--resume', '--out', out, '--engine', 'wasm', '--json']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain(`going on from step ${String(step)}`);
    expect(resumed.json()).toMatchObject({ interrupted: false, alreadyFinished: false });
    const events = (await readFile(join(out, 'events.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual(expect.objectContaining({ type: 'resume', step }));

    const again = await runCommand(['train', '--resume', '--out', out, '--engine', 'wasm']);
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toContain('is finished');

    const whole = join(folder, 'uninterrupted');
    await runCommand([...train, '--out', whole, '--epochs', '4', '--batch-size', '8']);
    const weights = async (path: string): Promise<unknown> =>
      (
        JSON.parse(await readFile(join(path, 'model', 'last', 'model.json'), 'utf8')) as {
          weightsManifest: [{ paths: string[] }];
        }
      ).weightsManifest[0].paths;
    // The weights' file is named after its checksum.
    expect(await weights(out)).toEqual(await weights(whole));
  });

  it('starts from the beginning where there is nothing to resume, and repeats a run from its config.json', async () => {
    const out = join(folder, 'repeated');
    const fresh = await runCommand([...train, '--out', out, '--epochs', '1', '--limit', '20', '--resume']);
    expect(fresh.code, fresh.stderr).toBe(0);
    expect(fresh.stderr).toContain('starts from the beginning');
    const plan = await runCommand([
      'train',
      '--config',
      join(out, 'config.json'),
      '--out',
      join(folder, 'never'),
      '--dry-run',
      '--json',
    ]);
    expect(plan.code, plan.stderr).toBe(0);
    expect(plan.json()).toMatchObject({ model: 'test_b_lenet', epochs: 1, splits: { train: 20 } });
    await expect(access(join(folder, 'never'))).rejects.toThrow();
  });
});
