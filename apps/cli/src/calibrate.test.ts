import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectEngine } from '@earlyexit/backend';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { randomStream } from '@earlyexit/core';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import { decodeCachedLogits, encodeCachedLogits } from '@earlyexit/calibration';
import { type CachedLogits, logSoftmax } from '@earlyexit/exit-criteria';
import { createModel } from '@earlyexit/model-zoo';
import { lockFolder } from '@earlyexit/core/node';
import { type CalibrationDocument, modelStamp, storeCalibration } from '@earlyexit/evaluation';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ran, runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';
import { writeTinyDataset } from './testing/tiny-images';
import { fingerprintModel } from '@earlyexit/runs';

const folder = await temporaryFolder();
const at = (name: string): string => join(folder, name);

// A network with random weights, and logits that are said to be its own: nothing has to be trained or run.
const NETWORK = 'test_resnet_2exits';
const model = at('model');
let classes = 0;
let fingerprint = '';

beforeAll(async () => {
  await selectEngine('cpu');
  const network = createModel(NETWORK, { seed: 1 });
  classes = network.metadata.classes.length;
  fingerprint = await fingerprintModel(network);
  await saveModel(network, model);
});

type Change = (exits: Float32Array[], labels: Int32Array) => void;

/** Logits of three exits that see ever more clearly, as a file. */
async function writeLogitsFile(
  name: string,
  {
    samples = 1000,
    split = 'invented calibration 0',
    change = () => undefined,
  }: {
    samples?: number;
    split?: string;
    change?: Change;
  } = {},
): Promise<string> {
  const random = randomStream(7);
  const labels = Int32Array.from({ length: samples }, (_, row) => row % classes);
  const exits = [1.5, 2.5, 4].map((clarity) =>
    Float32Array.from({ length: samples * classes }, (_, i) => {
      const row = Math.floor(i / classes);
      return 6 * (random() - 0.5) + (labels[row] === i % classes ? clarity * (0.4 + (row % 7) / 5) : 0);
    }),
  );
  change(exits, labels);
  const cached: CachedLogits = { exits, samples, classes, labels };
  const sampleIds = Array.from({ length: samples }, (_, row) => `invented/${String(row)}`);
  const path = at(`${name}.safetensors`);
  await writeFile(path, encodeCachedLogits({ cached, origin: { model: fingerprint, split }, sampleIds }));
  return path;
}

async function calibrate(logits: string, ...options: string[]): Promise<Ran> {
  return runCommand(['calibrate', model, '--logits', logits, '--engine', 'cpu', ...options]);
}

async function storedMetadata(path = model): Promise<MultiExitMetadata> {
  return (await loadModel(path)).metadata;
}

describe('a promise', () => {
  it.each([
    [['--method', 'ucb', '--delta', '0.05'], 'With a probability of at least 95 % over the draw', 0.05],
    [['--method', 'ltt', '--loss', 'gap'], 'accuracy is at most 10 percentage points below', 0.1],
    [['--method', 'crc'], 'On average over draws of 800 calibration samples', null],
  ])('is made on images that nothing was fitted on, said and stored: %j', async (options, words, delta) => {
    const logits = await writeLogitsFile('promise');
    const ran = await calibrate(logits, '--risk', '0.1', ...options, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const document = ran.json() as {
      thresholds: number[];
      promise: { statement: string; empiricalRisk: number };
    };
    expect(document).toMatchObject({
      samples: 1000,
      fittedSamples: 200,
      thresholdSamples: 800,
      aim: { risk: 0.1, delta },
      promise: { risk: 0.1, delta, samples: 800 },
    });
    expect(document.promise.statement).toContain(words);
    expect(document.promise.empiricalRisk).toBeLessThan(0.1);
    const { policy } = await storedMetadata();
    expect(policy?.promise).toEqual(document.promise);
    expect(policy?.thresholds).toEqual(document.thresholds);
    const text = await calibrate(logits, '--risk', '0.1', ...options);
    expect(text.stdout).toContain(words);
    expect(text.stdout).toContain('200 images to fit, 800 others to promise on');
  });

  it('takes the whole split where nothing is fitted', async () => {
    const logits = await writeLogitsFile('unscaled');
    const ran = await calibrate(logits, '--risk', '0.1', '--scaling', 'none', '--json');
    expect(ran.json()).toMatchObject({ temperatures: [1, 1, 1], promise: { samples: 1000 } });
  });

  it('reads thresholds to try off the other images for a criterion without a scale', async () => {
    const logits = await writeLogitsFile('energy');
    for (const loss of ['consistency', 'gap']) {
      const ran = await calibrate(logits, '--criterion', 'energy', '--risk', '0.2', '--loss', loss, '--json');
      expect(ran.code, ran.stderr).toBe(0);
      const { promise, exits } = ran.json() as {
        promise: { empiricalRisk: number; samples: number };
        exits: { share: number }[];
      };
      expect(promise.samples).toBe(800);
      expect(promise.empiricalRisk).toBeLessThan(0.2);
      expect(exits[2]?.share).toBeLessThan(0.9);
    }
  });

  it('that no threshold keeps leaves nobody early, and says so', async () => {
    // The early exits always say the next class.
    const wrong = await writeLogitsFile('wrong', {
      change: (exits, labels) => {
        for (const logits of exits.slice(0, 2)) {
          logits.fill(0);
          labels.forEach((label, row) => (logits[row * classes + ((label + 1) % classes)] = 20 + (row % 3)));
        }
      },
    });
    const ran = await calibrate(wrong, '--risk', '0.02');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain(
      'No threshold keeps this promise on these 800 images, so nobody leaves early',
    );
    const { policy } = await storedMetadata();
    expect(policy?.thresholds).toEqual([null, null]);
    expect(policy?.promise?.statement).toContain('Only never leaving early could be accepted');
  });

  it('on too few images is refused, saying how many are needed', async () => {
    const few = await writeLogitsFile('few', { samples: 50 });
    const ran = await calibrate(few, '--risk', '0.02', '--method', 'ltt');
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(
      'a promise of at most 0.02 by ltt at delta 0.1 needs at least 114 calibration images that nothing was fitted on. Received: 40: of 50 in the split, 10 fit what comes before the promise. Train with a larger calibration split (--calibration 144)',
    );
  });

  it('is gone when thresholds are calibrated without one', async () => {
    const logits = await writeLogitsFile('gone');
    await calibrate(logits, '--risk', '0.1');
    await calibrate(logits);
    expect((await storedMetadata()).policy).not.toHaveProperty('promise');
  });
});

describe('several promises on the same images', () => {
  it('are tried at their share of delta, and the cheapest is stored', async () => {
    const logits = await writeLogitsFile('several');
    const options = ['--criterion', 'entropy,margin', '--risk', '0.1,0.2', '--delta', '0.08'];
    const ran = await calibrate(logits, ...options, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { several, criterion, promise } = ran.json() as CalibrationDocument;
    expect(several).toMatchObject({ deltaEach: 0.02 });
    expect(several?.candidates.map((each) => [each.criterion, each.risk])).toEqual([
      ['entropy', 0.1],
      ['entropy', 0.2],
      ['margin', 0.1],
      ['margin', 0.2],
    ]);
    expect(criterion).toBe(several?.candidates[several.best]?.criterion);
    expect(promise).toMatchObject({ delta: 0.08, risk: 0.2 });
    const text = await calibrate(logits, '--criterion', 'all', '--risk', '0.1');
    expect(text.code, text.stderr).toBe(0);
    expect(text.stdout).toMatch(/^→ [a-z-]+, consistency \(ltt\)/m);
    expect(text.stdout).toContain('all 8 promises hold, each made at a delta of 0.0125');
  });

  it('may be limits that the same thresholds keep', async () => {
    const logits = await writeLogitsFile('joint');
    const ran = await calibrate(logits, '--loss', 'consistency,cost', '--risk', '0.3,0.9', '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { joint, promise, averageMacs, static: plain } = ran.json() as CalibrationDocument;
    expect(promise).toMatchObject({ joint: { consistency: 0.3, cost: 0.9 } });
    expect(joint?.cost).toBeCloseTo(averageMacs! / plain.macs!, 9);
    const text = await calibrate(logits, '--loss', 'consistency,cost', '--risk', '0.3,0.9');
    expect(text.stdout).toContain('the average cost is at most 90 % of the plain network');
    expect(text.stdout).toMatch(/^on these images: consistency \d/m);
  });

  it('hold within each class', async () => {
    const logits = await writeLogitsFile('classes', { samples: 3000 });
    const ran = await calibrate(logits, '--risk', '0.3', '--each-class', '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { classRisks, promise } = ran.json() as CalibrationDocument;
    expect(classRisks).toHaveLength(classes);
    expect(promise).toMatchObject({ inEach: 'class' });
    const text = await calibrate(logits, '--risk', '0.3', '--each-class');
    expect(text.stdout).toContain(`in each of ${String(classes)} groups`);
    expect(text.stdout).toMatch(/\(on these: in the worst class \d/);
  });

  it('let the final exit decline', async () => {
    const logits = await writeLogitsFile('decline');
    const ran = await calibrate(logits, '--reject-risk', '0.3', '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { reject } = ran.json() as CalibrationDocument;
    expect(reject).toMatchObject({ risk: 0.3, delta: 0.1, samples: 500 });
    expect((await storedMetadata()).policy?.reject).toEqual(reject);
    const text = await calibrate(logits, '--reject-risk', '0.3', '--delta', '0.2');
    expect(text.stdout).toMatch(/at most 30 % of the answers given are wrong: the final exit declines below/);
  });

  it('are recorded in the model, and named when another is made', async () => {
    const fresh = at('promised');
    await saveModel(createModel(NETWORK, { seed: 1 }), fresh);
    const logits = await writeLogitsFile('recorded');
    const promise = (...options: string[]): Promise<Ran> =>
      runCommand(['calibrate', fresh, '--logits', logits, '--engine', 'cpu', '--risk', '0.2', ...options]);
    const first = await promise('--delta', '0.04');
    expect(first.stderr).not.toContain('made before');
    expect((await promise('--delta', '0.04')).stderr).not.toContain('made before');
    const second = await promise('--criterion', 'margin', '--json');
    expect(second.stderr).toContain('1 promise was made before on the same samples');
    const { earlier } = second.json() as CalibrationDocument;
    expect(earlier).toMatchObject({ spentDelta: 0.04, promises: [{ delta: 0.04 }] });
    const third = await promise('--criterion', 'entropy');
    expect(third.stdout).toMatch(
      /Together with 2 promises made before on the same images all of this holds with a probability of at least 76\.0 %/,
    );
    const shared = await promise('--criterion', 'energy', '--delta', '0.3', '--with-earlier', '--json');
    expect((shared.json() as CalibrationDocument).promise?.delta).toBeCloseTo(0.06, 9);
    const nothing = await promise('--with-earlier');
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('--with-earlier: promises on the same samples are to fail');
  });

  it('are made anew on logits that a service kept', async () => {
    const served = at('served');
    await saveModel(createModel(NETWORK, { seed: 1 }), served);
    const again = (...options: string[]): Promise<Ran> =>
      runCommand(['calibrate', served, '--engine', 'cpu', ...options]);
    const logits = await writeLogitsFile('first');
    const kept = await writeLogitsFile('kept', { samples: 1500, split: 'service November' });
    expect((await again('--kept', kept)).stderr).toContain('whose policy promises nothing. Name a risk');
    await again('--logits', logits, '--risk', '0.2', '--criterion', 'margin');
    const ran = await again('--kept', kept, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.json()).toMatchObject({
      split: 'service November',
      fittedSamples: 300,
      thresholdSamples: 1200,
      criterion: 'margin',
      promise: { risk: 0.2, samples: 1200 },
      saved: served,
    });
    expect((await storedMetadata(served)).policy?.promise?.samples).toBe(1200);
    expect((await again('--kept', kept, '--risk', '0.1')).stdout).toContain(
      '1,500 kept answers, 300 of them',
    );
    const beside = await again('--kept', kept, '--target-macs', '0.5');
    expect(beside.code).toBe(2);
    expect(beside.stderr).toContain('Received: --kept and --target-macs');
  });
});

describe('the budgeted protocol', () => {
  it('is printed, given as JSON and as CSV; the model stays as it is', async () => {
    const logits = await writeLogitsFile('budget');
    await calibrate(logits, '--earlyexit', '0.7', 'never');
    const curve = at('budgets.csv');
    const ran = await calibrate(logits, '--budget', '--curve', curve, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { budgets } = ran.json() as {
      budgets: { skew: number; targetShares: number[]; thresholds: (number | null)[]; accuracy: number }[];
    };
    expect(ran.json()).toMatchObject({ saved: null, scaling: 'none', temperatures: [1, 1, 1] });
    expect(budgets).toHaveLength(39);
    expect(budgets[19]).toMatchObject({ skew: 1, targetShares: [1 / 3, 1 / 3, 1 / 3] });
    const lines = (await readFile(curve, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(lines).toHaveLength(40);
    expect(lines[0]?.join()).toBe(
      'skew,target_exit0,target_exit1,target_final,threshold_exit0,threshold_exit1,accuracy,averageMacs,share,accuracy_low,accuracy_high,averageMacs_low,averageMacs_high,share_low,share_high',
    );
    expect(lines[20]?.[4]).toBe(String(budgets[19]?.thresholds[0]));
    expect((await storedMetadata()).policy?.thresholds).toEqual([0.7, null]);

    // A line of the curve, given as thresholds, does what the line says.
    const [, line] = budgets;
    const taken = line?.thresholds.map((value) => String(value ?? 'never')) ?? [];
    const stored = await calibrate(logits, '--scaling', 'none', '--earlyexit', ...taken, '--json');
    expect(stored.json()).toMatchObject({ top1: line?.accuracy });
    const text = await calibrate(logits, '--budget');
    expect(text.stdout.match(/^[01]\.\d\d /gm)).toHaveLength(39);
    expect(text.stdout).toContain('nothing was stored');
  });
});

describe('what to expect on new images', () => {
  it('stands beside the aim, with an interval, in words and as JSON', async () => {
    const logits = await writeLogitsFile('expect');
    const { expected, intervals } = (await calibrate(logits, '--json')).json() as CalibrationDocument;
    expect(expected).toMatchObject({ samples: 1000, folds: 10 });
    const { value, low, high } = expected?.accuracyDrop ?? { value: 0, low: 0, high: 0 };
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
    expect(intervals.exits).toHaveLength(3);
    const text = await calibrate(logits);
    expect(text.stdout).toMatch(
      /^On new images expect \d\.\d\d points (below|above) the final exit \(95 % interval: from .* at \d\.\d\d× fewer MACs/m,
    );
    expect(text.stdout).toMatch(/^95 % intervals: [\d.]+ to [\d.]+ % right, final exit alone/m);
  });

  it('is a bound with --confidence, made on images that nothing was fitted on', async () => {
    const logits = await writeLogitsFile('confident');
    const ran = await calibrate(logits, '--max-accuracy-drop', '5', '--confidence', '0.9', '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const document = ran.json() as CalibrationDocument;
    expect(document).toMatchObject({ fittedSamples: 200, thresholdSamples: 800, expected: null });
    expect(document.confident).toMatchObject({ confidence: 0.9 });
    expect(document.confident?.statement).toContain(
      'With a confidence of 90 % accuracy on images to come is at most 5 percentage points below',
    );
    const text = await calibrate(logits, '--max-accuracy-drop', '5', '--confidence', '0.9');
    expect(text.stdout).toContain(
      '5 points below the final exit, on new images too with a confidence of 90 %',
    );
  });

  it('is planned for more images with --plan, which stores nothing', async () => {
    const logits = await writeLogitsFile('plan');
    await calibrate(logits, '--earlyexit', '0.7', 'never');
    const ran = await calibrate(logits, '--plan', '--risk', '0.05', '--json');
    expect(ran.code, ran.stderr).toBe(0);
    const { plan } = ran.json() as { plan: { samples: number; leavingEarly: { value: number } }[] };
    expect(plan.map(({ samples }) => samples)).toEqual([500, 1000, 5000, 20_000]);
    expect(plan[3]!.leavingEarly.value).toBeGreaterThanOrEqual(plan[0]!.leavingEarly.value);
    const text = await calibrate(logits, '--plan');
    expect(text.stdout).toMatch(/at most 2 % answers that differ .* \(ltt\)/);
    expect((await storedMetadata()).policy?.thresholds).toEqual([0.7, null]);
  });
});

it('vector scaling is printed as lists, whatever is asked for', async () => {
  const logits = await writeLogitsFile('lists');
  const ran = await calibrate(logits, '--budget', '--scaling', 'vector', '--json');
  const { fits } = ran.json() as CalibrationDocument;
  for (const { vector } of fits) {
    expect(Array.isArray(vector?.scales)).toBe(true);
    expect(Array.isArray(vector?.offsets)).toBe(true);
  }
});

describe('the frontier', () => {
  it.each([[['--target-macs', '0.8']], [['--earlyexit', '0.8', '0.8']], [['--risk', '0.1']]])(
    'is written whatever the aim: %j',
    async (options) => {
      const curve = at('curve.csv');
      const ran = await calibrate(await writeLogitsFile('curve'), ...options, '--curve', curve);
      expect(ran.code, ran.stderr).toBe(0);
      const [header, ...lines] = (await readFile(curve, 'utf8')).trim().split('\n');
      expect(header).toBe(
        'threshold_exit0,threshold_exit1,accuracy,averageMacs,share,accuracy_low,accuracy_high,averageMacs_low,averageMacs_high,share_low,share_high',
      );
      const accuracies = lines.map((line) => Number(line.split(',')[2]));
      expect(lines.length).toBeGreaterThan(20);
      expect(accuracies).toEqual([...accuracies].sort((a, b) => a - b));
    },
  );
});

describe('confidence', () => {
  it('is shown before and after: calibration error, Brier score, likelihood, reliability', async () => {
    const logits = await writeLogitsFile('confidence', {
      // Three times as sure as it should be.
      change: (exits) => {
        exits.forEach((each) => each.forEach((value, i) => (each[i] = 3 * value)));
      },
    });
    const ran = await calibrate(logits, '--json');
    interface Measure {
      calibrationError: number;
      brierScore: number;
      negativeLogLikelihood: number;
      reliability: { count: number }[];
    }
    const { fits } = ran.json() as { fits: { temperature: number; before: Measure; after: Measure }[] };
    expect(fits).toHaveLength(3);
    for (const { temperature, before, after } of fits) {
      expect(temperature).toBeGreaterThan(2);
      for (const name of ['calibrationError', 'brierScore', 'negativeLogLikelihood'] as const) {
        expect(after[name]).toBeLessThan(before[name]);
      }
      expect(after.reliability.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
    }
    const text = await calibrate(logits);
    expect(text.stdout).toMatch(
      /exit0 +temperature \d\.\d{4} +\d+\.\d\d % → \d+\.\d\d % +\d\.\d{4} → \d\.\d{4} +\d\.\d{4} → \d\.\d{4}/,
    );
  });

  it('scaled by a vector is built into the weights, so that everything that runs the network has it', async () => {
    const vectorModel = at('vector-model');
    const network = createModel(NETWORK, { seed: 1 });
    await saveModel(network, vectorModel);
    const logits = await writeLogitsFile('vector', {
      // Class 0 is favoured by every exit.
      change: (exits) => {
        exits.forEach((each) => each.forEach((value, i) => (each[i] = value + (i % classes === 0 ? 2 : 0))));
      },
    });
    const command = ['calibrate', vectorModel, '--logits', logits, '--engine', 'cpu'];
    const ran = await runCommand([...command, '--scaling', 'vector', '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    const { fits, temperatures } = ran.json() as {
      temperatures: number[];
      fits: { vector: { scales: number[]; offsets: number[] }; before: object; after: object }[];
    };
    expect(temperatures).toEqual([1, 1, 1]);
    const changed = await loadModel(vectorModel);
    for (const [exit, { vector }] of fits.entries()) {
      expect(vector.offsets[0]).toBeLessThan(Math.min(...vector.offsets.slice(1)));
      const [kernel, bias] = network.model.outputs[exit]!.sourceLayer.getWeights().map((each) =>
        each.dataSync(),
      );
      const [newKernel, newBias] = changed.model.outputs[exit]!.sourceLayer.getWeights().map((each) =>
        each.dataSync(),
      );
      newKernel!.forEach((value, i) => {
        expect(value).toBeCloseTo(kernel![i]! * vector.scales[i % classes]!, 5);
      });
      newBias!.forEach((value, c) => {
        expect(value).toBeCloseTo(bias![c]! * vector.scales[c]! + vector.offsets[c]!, 5);
      });
    }
    // These logits are the old network's.
    const again = await runCommand(command);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('these logits belong to another model');
  });
});

describe('logits that say little', () => {
  it.each<[string, Change, string[], string]>([
    [
      'a class without an image',
      (_, labels) => labels.forEach((label, row) => (labels[row] = label === 2 ? 1 : label)),
      [],
      'warning: no calibration image of class 2: what is set here says nothing about it',
    ],
    [
      'equal logits',
      (exits) => exits[0]?.fill(1),
      [],
      'warning: exit0 gives every image the same score: no threshold tells them apart',
    ],
    [
      'equal logits, no temperature',
      (exits) => exits[0]?.fill(1),
      [],
      'warning: exit0 keeps temperature 1: all logits of each sample are equal',
    ],
    [
      'an exit that is never sure',
      (exits) => exits[1]?.forEach((value, i) => (exits[1]![i] = value / 100)),
      ['--earlyexit', '0.9', '0.999', '--scaling', 'none'],
      'warning: no calibration image leaves at exit1: it is never sure enough',
    ],
    [
      'thresholds that send everybody to one exit',
      () => undefined,
      ['--earlyexit', 'never', '0'],
      'warning: every calibration image leaves at exit1: the exits after it do nothing',
    ],
    [
      'thresholds that let nobody leave',
      () => undefined,
      ['--earlyexit', 'never', 'never'],
      'warning: every calibration image goes to the final exit: the network costs more than without exits',
    ],
    [
      'an exit that is right about everything',
      (exits, labels) => {
        exits[2]?.fill(0);
        labels.forEach((label, row) => (exits[2]![row * classes + label] = 5));
      },
      [],
      'warning: final keeps temperature 1: every sample is right',
    ],
    [
      'too few images for a temperature',
      () => undefined,
      ['--max-accuracy-drop', '1'],
      'warning: exit0 keeps temperature 1: 8 samples are too few to fit a temperature: at least 10 are needed',
    ],
  ])('%s: a warning in words', async (name, change, options, words) => {
    const samples = name.startsWith('too few') ? 8 : 1000;
    const ran = await calibrate(await writeLogitsFile('odd', { change, samples }), ...options, '--json');
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(words);
    const { thresholds } = ran.json() as { thresholds: (number | string | null)[] };
    for (const value of thresholds) {
      expect(value === null || value === 'always' || Number.isFinite(value)).toBe(true);
    }
  });

  it('NaN or infinite logits are refused, naming the exit and the image, with every aim', async () => {
    for (const [value, aim] of [
      [NaN, []],
      [Infinity, ['--risk', '0.1']],
      [NaN, ['--budget']],
      [-Infinity, ['--earlyexit', '0.5', '0.5']],
    ] as const) {
      const logits = await writeLogitsFile('broken', {
        change: (exits) => (exits[1]![3 * classes + 1] = value),
      });
      const ran = await calibrate(logits, ...aim);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain(
        `the logits of exit1: they are finite numbers. Received: ${String(value)} for image invented/3. A network that gives such values has diverged`,
      );
    }
  });

  it('no image at all is refused', async () => {
    const ran = await calibrate(await writeLogitsFile('none', { samples: 0 }));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('the calibration split: it has images. Received: none.');
  });
});

describe('a file of logits', () => {
  it('of another model, of another kind of split or damaged is refused', async () => {
    const other = at('other-model');
    await saveModel(createModel(NETWORK, { seed: 2 }), other);
    const logits = await writeLogitsFile('belongs');
    const wrongModel = await runCommand(['calibrate', other, '--logits', logits, '--engine', 'cpu']);
    expect(wrongModel.code).toBe(1);
    expect(wrongModel.stderr).toContain(`these logits belong to another model, ${NETWORK} `);
    expect(wrongModel.stderr).toContain(`Received: ${fingerprint}`);

    const wrongSplit = await calibrate(await writeLogitsFile('test', { split: 'invented test 0' }));
    expect(wrongSplit.code).toBe(1);
    expect(wrongSplit.stderr).toContain('thresholds are set on a calibration split, never on another');

    await truncate(logits, 500);
    const damaged = await calibrate(logits);
    expect(damaged.code).toBe(1);
    expect(damaged.stderr).toContain('the header lies within the file');
    expect((await calibrate(at('nowhere'))).stderr).toContain('it is not there');
  });
});

describe('a run folder', () => {
  const images = at('images');
  const run = at('run');
  const saved = at('saved.safetensors');
  const engine = ['--engine', 'wasm'];
  const cache = join(run, 'logits', 'calibration.safetensors');

  it('keeps its logits and uses them again while they belong', async () => {
    await writeTinyDataset(images);
    const trained = await runCommand([
      ...[
        'train',
        '--model',
        'test_b_lenet',
        '--dataset',
        'image-folder',
        '--data-dir',
        images,
        '--out',
        run,
      ],
      ...['--epochs', '1', '--batch-size', '16', '--calibration', '45', ...engine],
    ]);
    expect(trained.code, trained.stderr).toBe(0);

    const first = await runCommand(['calibrate', run, '--save-logits', saved, ...engine, '--json']);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain(
      'calibration logits kept in the run folder, logits/calibration.safetensors',
    );
    const { cached, sampleIds, origin } = decodeCachedLogits(await readFile(cache));
    expect(cached).toMatchObject({ samples: 45 });
    expect(sampleIds).toHaveLength(45);
    expect(origin.split).toMatch(/^image-folder calibration [0-9a-f]{32}$/);
    expect(logSoftmax(cached.exits[0]!, cached.classes).every(Number.isFinite)).toBe(true);

    const second = await runCommand(['calibrate', run, ...engine, '--json']);
    expect(second.stderr).toContain(`calibration logits taken from ${cache}`);
    expect(second.stderr).not.toContain('ran 45');
    expect((second.json() as { fits: unknown }).fits).toEqual((first.json() as { fits: unknown }).fits);

    await truncate(cache, 100);
    const damaged = await runCommand(['calibrate', run, ...engine]);
    expect(damaged.code).toBe(0);
    expect(damaged.stderr).toContain(`${cache} is not used: the header lies within the file`);
    expect(damaged.stderr).toContain('ran 45');
    expect(decodeCachedLogits(await readFile(cache)).cached).toEqual(cached);
  });

  it('takes a file of its logits, and refuses one of other images', async () => {
    const ran = await runCommand(['calibrate', run, '--logits', saved, ...engine]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`logits of 45 calibration images taken from ${saved}`);
    const { cached, sampleIds, origin } = decodeCachedLogits(await readFile(saved));
    const elsewhere = { ...origin, split: `image-folder calibration ${'0'.repeat(32)}` };
    await writeFile(saved, encodeCachedLogits({ cached, sampleIds, origin: elsewhere }));
    const refused = await runCommand(['calibrate', run, '--logits', saved, ...engine]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('these logits belong to another split, image-folder calibration ');
  });

  it('is evaluated beside its promise, unless other thresholds are asked for', async () => {
    const calibrated = await runCommand([
      ...['calibrate', run, '--risk', '0.4', '--method', 'crc', ...engine, '--json'],
    ]);
    const { promise } = calibrated.json() as { promise: object };
    const evaluated = await runCommand(['evaluate', run, ...engine, '--json']);
    expect(evaluated.json()).toMatchObject({
      promise: { ...promise, measuredRisk: expect.any(Number) as number },
    });
    const text = await runCommand(['evaluate', run, ...engine]);
    expect(text.stdout).toContain('promised: On average over draws of 36 calibration samples, at most 40 %');
    const other = await runCommand(['evaluate', run, '--earlyexit', '0.5', ...engine, '--json']);
    expect(other.json()).not.toHaveProperty('promise');
  });

  it('whose weights changed has its logits computed anew', async () => {
    await runCommand(['calibrate', run, '--scaling', 'vector', ...engine]);
    const ran = await runCommand(['calibrate', run, ...engine]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`${cache} is not used: these logits belong to another model`);
    expect(ran.stderr).toContain('ran 45');
  });

  it('promises nothing on images that its vector scaling was fitted on', async () => {
    const promise = ['--risk', '0.4', '--method', 'crc'];
    const ran = await runCommand(['calibrate', run, ...promise, '--scaling', 'none', ...engine]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('a promise is made on samples that nothing was fitted on');
    expect((await runCommand(['calibrate', run, '--scaling', 'none', ...engine])).code).toBe(0);
  });
});

describe('what is not of ours', () => {
  it('is replaced by --curve and --save-logits with --force only', async () => {
    const logits = await writeLogitsFile('own');
    for (const option of ['--curve', '--save-logits']) {
      const photo = at('photo.jpg');
      await writeFile(photo, 'a photo');
      const refused = await calibrate(logits, option, photo);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(`${option}: only an earlier result is replaced. Received: ${photo}`);
      expect(await readFile(photo, 'utf8')).toBe('a photo');
      for (const force of [['--force'], []]) {
        expect((await calibrate(logits, option, photo, ...force)).code).toBe(0);
      }
    }
  });

  it('is a folder that somebody else is at work in, and a model that has changed meanwhile', async () => {
    const logits = await writeLogitsFile('locked');
    const free = lockFolder(model, 'a training');
    const refused = await calibrate(logits);
    free();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('is at work');
    expect((await calibrate(logits)).code).toBe(0);

    const loaded = await loadModel(model);
    const stamp = await modelStamp(model);
    await calibrate(logits, '--earlyexit', '0.3', 'never');
    const nothing = { policy: { criterion: 'margin', thresholds: [1, 1], temperatures: [1, 1, 1] } } as const;
    await expect(
      storeCalibration(loaded, model, { ...nothing, promise: null, fits: [], fittedSamples: 0 }, { stamp }),
    ).rejects.toThrow('it was saved again in the meantime');
    expect((await storedMetadata()).policy?.thresholds).toEqual([0.3, null]);
  });
});

describe('wrong words', () => {
  it.each([
    [['--risk', '0.01', '--budget'], '--risk: there is one aim. Received: --budget and --risk'],
    [['--earlyexit', '0.5', '--risk', '0.1'], '--earlyexit: thresholds are either given or searched for'],
    [['--delta', '0.1'], '--delta: it says how a promise is made, so there has to be one'],
    [['--loss', 'gap'], '--loss: it says how a promise is made'],
    [['--risk', '0.1', '--method', 'crc', '--delta', '0.1'], '--delta: crc keeps the risk on average'],
    [['--risk', '1'], '--risk: it is a number from 0.0001 to below 1. Received: 1'],
    [['--risk', '0'], '--risk: it is a number from 0.0001 to below 1. Received: 0'],
    [['--risk', '0.1', '--delta', '0'], '--delta: it is a number from 0.000001 to below 1'],
    [
      ['--risk', '0.1', '--method', 'ltd'],
      '--method: it is one of crc, ucb, ltt. Received: ltd. Did you mean ltt',
    ],
    [
      ['--budget', '--criterion', 'entropy'],
      '--criterion: the budgeted protocol compares largest probabilities',
    ],
    [['--confidence', '0.9', '--risk', '0.1'], '--confidence: it says how surely'],
    [['--confidence', '90'], '--confidence: it is a number from 0.000001 to below 1. Received: 90'],
    [['--criterion', 'margin,energy'], '--criterion: several are tried to make a promise with'],
    [['--criterion', 'margin,enrgy', '--risk', '0.1'], 'Received: margin,enrgy. Did you mean energy'],
    [['--risk', '0.1,2'], '--risk: it is a number from 0.0001 to below 1. Received: 0.1,2'],
    [['--loss', 'consistency,gap', '--risk', '0.1'], '--risk: there is one for each of --loss'],
    [['--loss', 'cost', '--risk', '0.1'], '--loss: cost is kept together with consistency or gap'],
    [['--risk', '0.1,0.2', '--each-class'], '--risk: --each-class is for one promise'],
    [['--each-class'], '--each-class: it says how a promise is made'],
    [['--budget', '--reject-risk', '0.1'], '--reject-risk: it is stored with thresholds'],
    [['--plan', '--target-macs', '0.5'], '--plan: it says what a promise would bring with more images'],
    [['--scaling', 'temperatur'], 'Did you mean temperature'],
    [['--criterion', 'cross-entropy-oracle'], '--criterion: this criterion looks at the true classes'],
  ])('%j', async (options, words) => {
    const ran = await runCommand(['calibrate', model, ...options]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(words);
  });
});
