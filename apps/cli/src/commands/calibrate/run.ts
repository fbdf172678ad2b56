import { needsFittingPart, promiseSize, type RiskAim } from '@earlyexit/calibration';
import { ArgumentError, DataError } from '@earlyexit/core';
import { lockFolder, writeWholeFile } from '@earlyexit/core/node';
import {
  budgetCsv,
  calibrateBudgets,
  calibrateModel,
  calibrationFrontier,
  checkThresholds,
  frontierCsv,
  modelStamp,
  planCalibrationSizes,
  storeCalibration,
} from '@earlyexit/evaluation';
import { type CriterionName, DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import { writeLogits } from '@earlyexit/runs';
import type { z } from 'zod';
import type { Invocation } from '../../command-definition';
import { naming } from '../../naming';
import { parseOptions } from '../../options/parse-options';
import { renameSpellings } from '../../options/train-options';
import { count } from '../../terminal/format';
import { showWork } from '../../terminal/show-work';
import { openCalibrationBench } from '../../work/calibration-bench';
import { modelOperand } from '../../work/operand';
import { refuseOracle } from '../../work/policy';
import { resolveTrainedModel } from '../../work/model-argument';
import { requireOwnFile } from '../../work/require-own-file';
import { requireWritable } from '../../work/require-writable';
import { type CalibrateAim, checkAimFits, chooseCalibrationAim, defaultScaling } from './aim';
import { type CalibrationAbout, describeBudgets, describeCalibration, describePlan } from './describe';
import { budgetOutput, calibrationOutput, planOutput } from './document';
import { calibrateOptions } from './options';

/** `earlyexit calibrate`: fits confidence, finds thresholds, stores both in the model. */
export async function calibrateRun(invocation: Invocation): Promise<undefined> {
  const argument = modelOperand(invocation);
  const options = parseOptions(calibrateOptions, renameSpellings(invocation.options));
  const { criterion = DEFAULT_CRITERION, curve, force = false, saveLogits } = options;
  refuseOracle(criterion, 'Calibrate another criterion');
  const aim = chooseCalibrationAim(options);
  checkAimFits(aim, criterion);
  const stores = !('budget' in aim) && options.plan !== true;
  const place = await resolveTrainedModel(argument);
  if (curve !== undefined) await requireOwnFile('--curve', curve, isCurve, force);
  if (saveLogits !== undefined) await requireOwnFile('--save-logits', saveLogits, isLogits, force);
  if (!stores) return calibrate(invocation, { argument, options, aim, criterion, stores: null });
  await requireWritable(place.directory);
  // Nobody else stores in the meantime: a training would, at its next epoch.
  const free = lockFolder(place.runDirectory ?? place.directory, 'a calibration');
  try {
    const stamp = await modelStamp(place.directory);
    await calibrate(invocation, { argument, options, aim, criterion, stores: { stamp } });
    return;
  } finally {
    free();
  }
}

/** `calibrate`, once its options are checked and the model is nobody else's. */
async function calibrate(
  { output, signal }: Invocation,
  job: {
    readonly argument: string;
    readonly options: z.output<typeof calibrateOptions>;
    readonly aim: CalibrateAim;
    readonly criterion: CriterionName;
    /** What the model was when it was opened; null where nothing is to be stored. */
    readonly stores: { readonly stamp: string } | null;
  },
): Promise<undefined> {
  const { argument, options, aim, criterion, stores } = job;
  const { confidence, curve, plan, saveLogits } = options;
  const scaling = options.scaling ?? defaultScaling(aim);
  const opening = { ...options, promise: 'risk' in aim && stores !== null };
  const bench = await openCalibrationBench(argument, opening, output, signal, ({ metadata }) => {
    if ('thresholds' in aim) checkThresholds(metadata.exits, criterion, aim.thresholds);
    if ('risk' in aim && metadata.exits.length === 1) {
      throw new ArgumentError({
        where: '--risk',
        rule: 'a promise is about leaving early',
        received: `${metadata.name}, which has no early exit`,
      });
    }
  });
  const { model, reference } = bench;
  for (const path of [curve, saveLogits]) if (path !== undefined) await requireWritable(path);
  if ('risk' in aim && stores !== null)
    checkPromiseSize(aim, bench.size, needsFittingPart(scaling, criterion));
  const logits = await bench.calibration();
  if (saveLogits !== undefined) {
    await writeLogits(saveLogits, logits);
    output.note(`calibration logits written to ${saveLogits}`);
  }

  const { exits, name, staticMacs } = model.metadata;
  const exitNames = exits.map((exit) => exit.name);
  const about: CalibrationAbout = {
    ...{ argument, model: name, dataset: bench.dataset, exitNames, curve, colors: output.colors },
  };
  const work = showWork(output, signal);
  if ('budget' in aim) {
    const found = calibrateBudgets(model, logits, { scaling }, work);
    if (curve !== undefined) await writeWholeFile(curve, budgetCsv(found.points, exitNames, staticMacs));
    output.json(budgetOutput(bench, found, curve));
    output.text(...describeBudgets(found, about, staticMacs));
    return undefined;
  }
  const goal = { criterion, scaling, seed: bench.seed };
  if (plan === true) {
    const risk = aim as RiskAim;
    const sizes = planCalibrationSizes(model, logits, { ...goal, aim: risk }, work);
    work.end();
    output.json(planOutput(bench, sizes, risk, { ...goal, samples: logits.cached.samples }));
    output.text(...describePlan(sizes, risk, logits.cached.samples, about));
    return undefined;
  }
  const calibration = calibrateModel(model, logits, { ...goal, aim, confidence }, work);
  work.end();
  if (curve !== undefined) {
    const frontier = calibrationFrontier(model, calibration);
    await writeWholeFile(curve, frontierCsv(frontier, exitNames.slice(0, -1), staticMacs));
  }
  await naming('--scaling', () =>
    storeCalibration(model, reference.directory, calibration, {
      stamp: stores?.stamp,
      split: logits.origin.split,
    }),
  );
  output.json(calibrationOutput(bench, calibration, curve));
  output.text(...describeCalibration(calibration, about, reference.directory));
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

/** Whether a file begins as `--curve` writes one. */
function isCurve(beginning: string): boolean {
  return /^"?(threshold_|skew,)/.test(beginning) || beginning === '';
}

/** Whether a file begins as `--save-logits` writes one. */
function isLogits(beginning: string): boolean {
  return /^.{8}\{"__metadata__":\{"format":"earlyexit-logits"/s.test(beginning) || beginning === '';
}
