import { needsFittingPart, promiseSize, type RiskAim } from '@earlyexit/calibration';
import { ArgumentError, DataError } from '@earlyexit/core';
import { lockFolder, writeWholeFile } from '@earlyexit/core/node';
import {
  budgetCsv,
  budgetDocument,
  calibrateBudgets,
  calibrateModel,
  calibrationDocument,
  calibrationFrontier,
  checkThresholds,
  frontierCsv,
  modelStamp,
  planCalibrationSizes,
  storeCalibration,
} from '@earlyexit/evaluation';
import { type CriterionName, criterionWithoutLabels, DEFAULT_CRITERION } from '@earlyexit/exit-criteria';
import { loadRun, openCalibration, type SavedLocation, writeLogits } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { count } from '@earlyexit/core/format';
import { showing, showWork } from '../../terminal/show-work';
import { locateNetwork, requireTrained } from '../../work/locate-model';
import { requireOwnFile } from '../../work/require-own-file';
import { requireWritable } from '../../work/require-writable';
import { startEngine } from '../../work/start-engine';
import { ranImages } from '../../work/workbench';
import { type CalibrateAim, checkAimFits, chooseCalibrationAim, defaultScaling } from './aim';
import { type CalibrationAbout, describeBudgets, describeCalibration, describePlan } from './describe';
import { planDocument } from './document';
import type { calibrate } from './options';

type CalibrateInvocation = Invocation<typeof calibrate>;

/** What is to be done, once the options are checked. */
interface Job {
  readonly location: SavedLocation;
  readonly aim: CalibrateAim;
  readonly criterion: CriterionName;
  /** What the model was when it was opened; null where nothing is to be stored. */
  readonly stamp: string | null;
}

/** `earlyexit calibrate`: fits confidence, finds thresholds, stores both in the model. */
export async function run(invocation: CalibrateInvocation): Promise<undefined> {
  const { operands, options } = invocation;
  const { criterion = DEFAULT_CRITERION, curve, force, saveLogits } = options;
  criterionWithoutLabels(criterion, 'calibrate');
  const aim = chooseCalibrationAim(options);
  checkAimFits(aim, criterion);
  const stores = !('budget' in aim) && !options.plan;
  const location = requireTrained(await locateNetwork(operands.model));
  if (curve !== undefined) await requireOwnFile('--curve', curve, isCurve, force);
  if (saveLogits !== undefined) await requireOwnFile('--save-logits', saveLogits, isLogits, force);
  if (!stores) return calibrateAt({ location, aim, criterion, stamp: null }, invocation);
  await requireWritable(location.directory);
  // Nobody else stores in the meantime: a training would, at its next epoch.
  const free = lockFolder(location.runDirectory ?? location.directory, 'a calibration');
  try {
    const stamp = await modelStamp(location.directory);
    return await calibrateAt({ location, aim, criterion, stamp }, invocation);
  } finally {
    free();
  }
}

async function calibrateAt(
  job: Job,
  { operands, options, given, output, signal }: CalibrateInvocation,
): Promise<undefined> {
  const { location, aim, criterion, stamp } = job;
  const {
    batchSize,
    confidence,
    curve,
    dataDir,
    dataset,
    download,
    logits: file,
    saveLogits,
    seed,
  } = options;
  const scaling = options.scaling ?? defaultScaling(aim);
  const engine = await startEngine(options, output);
  const opened = await loadRun(location);
  const { model } = opened;
  const { exits, name, staticMacs } = model.metadata;
  if ('thresholds' in aim) checkThresholds(exits, criterion, aim.thresholds);
  if ('risk' in aim && exits.length === 1) {
    throw new ArgumentError({
      where: '--risk',
      rule: 'a promise is about leaving early',
      received: `${name}, which has no early exit`,
    });
  }
  const promise = 'risk' in aim && stamp !== null;
  const choice = { dataset, dataDir, seed, download, skipBroken: given.skipBroken, logits: file };
  const samples = await showing(output, signal, (work) =>
    openCalibration(opened, { ...choice, batchSize, promise, ...work }),
  );
  for (const path of [curve, saveLogits]) if (path !== undefined) await requireWritable(path);
  if (promise) checkPromiseSize(aim, samples.size, needsFittingPart(scaling, criterion));
  const logits = await showing(output, signal, (work) => samples.logits(work), ranImages('calibration'));
  if (saveLogits !== undefined) {
    await writeLogits(saveLogits, logits);
    output.note(`calibration logits written to ${saveLogits}`);
  }

  const exitNames = exits.map((exit) => exit.name);
  const origin = { dataset: samples.dataset, engine: engine.name };
  const about: CalibrationAbout = {
    ...{ argument: operands.model, model: name, dataset: samples.dataset, exitNames, curve },
    colors: output.colors,
  };
  const written = { curve: curve ?? null, saved: stamp === null ? null : location.directory };
  const work = showWork(output, signal);
  if ('budget' in aim) {
    const found = calibrateBudgets(model, logits, { scaling }, work);
    if (curve !== undefined) await writeWholeFile(curve, budgetCsv(found.points, exitNames, staticMacs));
    output.json({ ...budgetDocument(model, found, origin), ...written });
    output.text(...describeBudgets(found, about, staticMacs));
    return undefined;
  }
  const goal = { criterion, scaling, seed: samples.seed };
  if (options.plan) {
    const risk = aim as RiskAim;
    const sizes = planCalibrationSizes(model, logits, { ...goal, aim: risk }, work);
    work.end();
    const { samples: pilot } = logits.cached;
    output.json({ ...planDocument({ model: name, ...origin }, { ...goal, aim: risk, pilot }, sizes) });
    output.text(...describePlan(sizes, risk, pilot, about));
    return undefined;
  }
  const calibration = calibrateModel(model, logits, { ...goal, aim, confidence }, work);
  work.end();
  if (curve !== undefined) {
    const frontier = calibrationFrontier(model, calibration);
    await writeWholeFile(curve, frontierCsv(frontier, exitNames.slice(0, -1), staticMacs));
  }
  await storeCalibration(model, location.directory, calibration, {
    stamp: stamp ?? undefined,
    split: logits.origin.split,
  });
  output.json({ ...calibrationDocument(model, calibration, origin), ...written });
  output.text(...describeCalibration(calibration, about, location.directory));
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
