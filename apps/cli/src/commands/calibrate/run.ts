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
import { loadRun, openCalibration, type SavedLocation, writeLogits } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { count } from '@earlyexit/core/format';
import { describeBudgets } from '../../describe/budgets';
import { showing } from '../../terminal/show-work';
import { locateNetwork, requireTrained } from '../../model/locate-model';
import { requireReplaceable } from '../../output-files/require-replaceable';
import { requireWritable } from '../../output-files/require-writable';
import { startEngine } from '../../model/start-engine';
import { ranImages } from '../../model/evaluation-setup';
import { type ChosenAim, chooseCalibrationAim, DEFAULT_DELTA, defaultScaling, promisesOf } from './aim';
import { type CalibrationAbout, confidenceTable, describeCalibration, describePlan } from './describe';
import { recalibrateAt } from './recalibrate';
import { planDocument } from './document';
import type { calibrate } from './options';

type CalibrateInvocation = Invocation<typeof calibrate>;

/** What is to be done, once the options are checked. */
interface Job {
  readonly location: SavedLocation;
  readonly chosen: ChosenAim;
  /** What the model was when it was opened; null where nothing is to be stored. */
  readonly stamp: string | null;
}

/** `earlyexit calibrate`: fits confidence, finds thresholds, stores both in the model. */
export async function run(invocation: CalibrateInvocation): Promise<undefined> {
  const { operands, options } = invocation;
  const { curve, force, saveLogits } = options;
  const chosen = chooseCalibrationAim(options);
  const { kept } = options;
  const stores = !('budget' in chosen.aim) && !options.plan;
  const location = requireTrained(await locateNetwork(operands.model));
  if (curve !== undefined) await requireReplaceable('--curve', curve, 'curve', force);
  if (saveLogits !== undefined) await requireReplaceable('--save-logits', saveLogits, 'logits', force);
  if (!stores && kept === undefined) return calibrateAt({ location, chosen, stamp: null }, invocation);
  await requireWritable(location.directory);
  // Nobody else stores in the meantime: a training would, at its next epoch.
  const free = lockFolder(location.runDirectory ?? location.directory, 'a calibration');
  try {
    const stamp = await modelStamp(location.directory);
    if (kept === undefined) await calibrateAt({ location, chosen, stamp }, invocation);
    else await recalibrateAt(location, chosen, { stamp, kept }, invocation);
    return undefined;
  } finally {
    free();
  }
}

async function calibrateAt(
  job: Job,
  { operands, options, output, signal }: CalibrateInvocation,
): Promise<undefined> {
  const { location, chosen, stamp } = job;
  const { aim, criterion, candidates } = chosen;
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
    skipBroken,
  } = options;
  const scaling = options.scaling ?? defaultScaling(aim);
  const engine = await startEngine(options, output);
  const opened = await loadRun(location);
  const { model } = opened;
  const { exits, name, staticMacs } = model.metadata;
  if ('thresholds' in aim) checkThresholds(exits, criterion, aim.thresholds);
  const promises = promisesOf(chosen);
  if (promises.length > 0 && exits.length === 1) {
    throw new ArgumentError({
      where: '--risk',
      rule: 'a promise is about leaving early',
      received: `${name}, which has no early exit`,
    });
  }
  const promise = (promises.length > 0 || options.rejectRisk !== undefined) && stamp !== null;
  const choice = { dataset, dataDir, seed, download, skipBroken, logits: file };
  const samples = await showing(output, signal, (work) =>
    openCalibration(opened, { ...choice, batchSize, promise, ...work }),
  );
  if (stamp !== null) {
    // Who declines is found on half of the images.
    const size = options.rejectRisk === undefined ? samples.size : Math.floor(samples.size / 2);
    const names = candidates?.map((each) => each.criterion ?? criterion) ?? [criterion];
    const apart = names.some((each) => needsFittingPart(scaling, each));
    for (const each of promises) checkPromiseSize(each, size, apart);
  }
  const logits = await showing(output, signal, (work) => samples.logits(work), ranImages('calibration'));
  if (saveLogits !== undefined) {
    await writeLogits(saveLogits, logits);
    output.note(`calibration logits written to ${saveLogits}`);
  }

  const exitNames = exits.map((exit) => exit.name);
  const origin = { dataset: samples.dataset, engine: engine.name };
  const about: CalibrationAbout = {
    ...{ argument: operands.model, model: name, dataset: samples.dataset, exitNames, curve },
    ...{ classNames: model.metadata.classes, colors: output.colors },
  };
  const written = { curve: curve ?? null, saved: stamp === null ? null : location.directory };
  if ('budget' in aim) {
    const found = await showing(output, signal, (work) => calibrateBudgets(model, logits, { scaling }, work));
    if (curve !== undefined) await writeWholeFile(curve, budgetCsv(found.points, exitNames, staticMacs));
    output.json({ ...budgetDocument(model, found, origin), ...written });
    const confidence = scaling === 'none' ? [] : confidenceTable(found.fits, output.colors);
    output.text(...describeBudgets(found, { ...about, staticMacs, confidence }));
    return undefined;
  }
  const goal = { criterion, scaling, seed: samples.seed };
  if (options.plan) {
    const risk = aim as RiskAim;
    const sizes = await showing(output, signal, (work) =>
      planCalibrationSizes(model, logits, { ...goal, aim: risk }, work),
    );
    const { samples: pilot } = logits.cached;
    output.json({ ...planDocument({ model: name, ...origin }, { ...goal, aim: risk, pilot }, sizes) });
    output.text(...describePlan(sizes, risk, pilot, about));
    return undefined;
  }
  const { delta = DEFAULT_DELTA, rejectRisk, withEarlier } = options;
  const reject = rejectRisk === undefined ? undefined : { risk: rejectRisk, delta };
  const more = { confidence, candidates, withEarlier, reject };
  const calibration = await showing(output, signal, (work) =>
    calibrateModel(model, logits, { ...goal, aim, ...more }, work),
  );
  if (curve !== undefined) {
    const frontier = calibrationFrontier(model, calibration);
    await writeWholeFile(curve, frontierCsv(frontier, exitNames.slice(0, -1), staticMacs));
  }
  await storeCalibration(model, location.directory, calibration, {
    stamp: stamp ?? undefined,
    split: logits.origin.split,
  });
  const document = calibrationDocument(model, calibration, origin);
  output.json({ ...document, ...written });
  const { directory } = location;
  output.text(...describeCalibration(calibration, about, { ...document, directory }));
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
