import { needsFittingPart, promiseSize, type RiskAim, searchThresholds } from '@earlyexit/calibration';
import { ArgumentError, DataError } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import {
  type Calibration,
  calibrateModel,
  calibrationDocument,
  checkThresholds,
  DEFAULT_AIM,
  DEFAULT_CRITERION,
  frontierCsv,
  storeCalibration,
} from '@earlyexit/evaluation';
import { getCriterion } from '@earlyexit/exit-criteria';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { count, percent, shortMacs } from '../terminal/format';
import { datasetOptions, engineOptions } from '../options/common-schemas';
import {
  criterion,
  flag,
  listOf,
  numberBetween,
  oneOf,
  text,
  threshold,
  wholeNumber,
} from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { renameSpellings } from '../options/train-options';
import { budgetRun } from './budget-run';
import {
  checkAimFits,
  chooseCalibrationAim,
  defaultScaling,
  describeCalibrationAim,
} from './calibration-aim';
import { type CalibrationBench, openCalibrationBench } from './calibration-bench';
import { confidenceTable, exitTable } from './describe-calibration';
import { writeLogits } from '@earlyexit/runs';
import { describeRisk } from './describe-promise';
import { modelOperand } from './operand';
import { refuseOracle } from './policy';
import { requireWritable } from './require-writable';
import { showWork } from '../terminal/show-work';
import { naming } from '../naming';

// A smaller risk needs more samples than any calibration split has; a larger one promises nothing.
const SMALLEST_RISK = 0.0001;
const SMALLEST_DELTA = 0.000001;

const schema = z
  .object({
    ...engineOptions,
    ...datasetOptions,
    criterion: criterion(),
    maxAccuracyDrop: numberBetween(0, 100),
    targetMacs: numberBetween(0, 1),
    budget: flag(),
    risk: numberBetween(SMALLEST_RISK, 1, false),
    delta: numberBetween(SMALLEST_DELTA, 1, false),
    method: oneOf(['crc', 'ucb', 'ltt']),
    loss: oneOf(['consistency', 'gap']),
    earlyexit: listOf(threshold()),
    scaling: oneOf(['temperature', 'vector', 'none']),
    curve: text(),
    logits: text(),
    saveLogits: text(),
    seed: wholeNumber(0),
    batchSize: wholeNumber(),
  })
  .partial();

/** `earlyexit calibrate`: fits confidence, finds thresholds, stores both in the model. */
export async function calibrateRun(invocation: Invocation): Promise<undefined> {
  const { output, signal } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, renameSpellings(invocation.options));
  const name = options.criterion ?? DEFAULT_CRITERION;
  refuseOracle(name, 'Calibrate another criterion');
  const aim = chooseCalibrationAim(options);
  checkAimFits(aim, name);
  const scaling = options.scaling ?? defaultScaling(aim);
  const { curve, saveLogits } = options;

  const bench = await openCalibrationBench(argument, options, output, signal, ({ metadata }) => {
    if ('thresholds' in aim) checkThresholds(metadata.exits, name, aim.thresholds);
    if ('risk' in aim && metadata.exits.length === 1) {
      throw new ArgumentError({
        where: '--risk',
        rule: 'a promise is about leaving early',
        received: `${metadata.name}, which has no early exit`,
      });
    }
  });
  if (!('budget' in aim)) await requireWritable(bench.reference.directory);
  for (const path of [curve, saveLogits]) if (path !== undefined) await requireWritable(path);
  if ('risk' in aim) checkPromiseSize(aim, bench.size, needsFittingPart(scaling, name));
  if (saveLogits !== undefined) {
    await writeLogits(saveLogits, await bench.calibration());
    output.note(`calibration logits written to ${saveLogits}`);
  }
  if ('budget' in aim) {
    await budgetRun(bench, { argument, aim, scaling, curve }, output, signal);
    return undefined;
  }

  const goal = { criterion: name, aim, scaling, seed: bench.seed };
  const calibration = calibrateModel(bench.model, await bench.calibration(), goal, showWork(output, signal));
  if (curve !== undefined) await writeWholeFile(curve, frontierOf(bench, calibration));
  const { fits, policy, searched, summary, cached, measured } = calibration;
  await naming('--scaling', () => storeCalibration(bench.model, bench.reference.directory, calibration));

  const { metadata } = bench.model;
  const exitNames = metadata.exits.map((exit) => exit.name);
  output.json({
    ...calibrationDocument(bench.model, calibration, bench),
    curve: curve ?? null,
    saved: bench.reference.directory,
  });
  const { rule } = getCriterion(name);
  output.text(
    `${metadata.name} on ${bench.dataset}: ${count(cached.samples)} calibration images, criterion ${name} (leaves when ${rule})`,
    describeCalibrationAim(aim),
    ...(measured.samples < cached.samples
      ? [
          `${count(calibration.fittedSamples)} images to fit, ${count(measured.samples)} others to promise on; the figures are of the latter`,
        ]
      : []),
    '',
    ...confidenceTable(fits, output.colors),
    '',
    ...exitTable(exitNames, policy.thresholds, summary, output.colors),
    '',
    `in all ${percent(summary.top1)} right (final exit alone ${percent(summary.static.top1)}), ${shortMacs(summary.averageMacs)} MACs on average: ${(summary.macsRatio ?? 1).toFixed(2)}× fewer than the plain network`,
    ...(searched === null ? [] : [`${searched.guarantee}.`]),
    ...describePromise(calibration),
    ...(curve === undefined ? [] : [`the accuracy–cost frontier is in ${curve}`]),
    `stored in ${bench.reference.directory}; next: earlyexit evaluate ${argument}`,
  );
  return undefined;
}

/**
 * Refuses a promise for which the calibration split is too small, before anything is computed.
 *
 * @throws DataError that says how many are needed
 */
function checkPromiseSize(aim: RiskAim, size: number, apart: boolean): void {
  const { risk, delta, method } = aim;
  const { needed, fitting, left, wholeSplit, isEnough } = promiseSize(aim, size, apart);
  if (isEnough) return;
  throw new DataError({
    where: '--risk',
    rule: `a promise of at most ${String(risk)} by ${method}${delta === null ? '' : ` at delta ${String(delta)}`} needs at least ${count(needed)} calibration images that nothing was fitted on`,
    received:
      count(left) +
      (apart ? `: of ${count(size)} in the split, ${count(fitting)} fit what comes before the promise` : ''),
    remedy: `Train with a larger calibration split (--calibration ${String(wholeSplit)}), or allow more risk`,
  });
}

/** The promise as a sentence, and what it hangs on. */
function describePromise({ promise, policy }: Calibration): string[] {
  if (promise === null) return [];
  if (policy.thresholds.every((value) => value === 'never')) {
    return [
      `No threshold keeps this promise on these ${count(promise.samples)} images, so nobody leaves early: allow more risk, or calibrate on more images.`,
    ];
  }
  const { loss, empiricalRisk, statement } = promise;
  const seen = describeRisk(loss, empiricalRisk);
  return [`${statement}, as long as images come from where these came from (on these: ${seen}).`];
}

/** The whole frontier, on the samples that thresholds were set on. */
function frontierOf(bench: CalibrationBench, { measured, policy, searched }: Calibration): string {
  const { criterion: name, temperatures } = policy;
  const names = bench.model.metadata.exits.slice(0, -1).map((exit) => exit.name);
  const { frontier } =
    searched ??
    searchThresholds(measured, { criterion: name, temperatures, costs: bench.costs, aim: DEFAULT_AIM });
  return frontierCsv(frontier, names, bench.costs.staticMacs);
}
