import type { RiskAim } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import { requireWritable, writeWholeFile } from '@earlyexit/core/node';
import {
  budgetCsv,
  calibrationFrontier,
  type CalibrationGoal,
  chooseCalibrationAim,
  type ChosenAim,
  frontierCsv,
  scalingFor,
} from '@earlyexit/evaluation';
import {
  budgetsOfRun,
  calibrateRun,
  planRun,
  recalibrateRun,
  type SavedLocation,
  requireReplaceable,
} from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { describeBudgets } from '../../describe/budgets';
import { showingImages } from '../../describe/ran-images';
import { locateNetwork, refusePretrained, requireTrained } from '../../model/locate-model';
import { startEngine } from '../../model/start-engine';
import { showing } from '../../terminal/show-work';
import { describeCalibration, describeConfidence, describePlan } from './describe';
import { describeRecalibration } from './describe-promises';
import type { calibrate } from './options';

type CalibrateInvocation = Invocation<typeof calibrate>;

// What may be said beside it; anything else would be ignored.
const BESIDE_KEPT = new Set([
  ...['--kept', '--risk', '--delta', '--method', '--loss', '--seed'],
  ...['--engine', '--threads'],
]);

/** `earlyexit calibrate`: fits confidence, finds thresholds, stores both in the model. */
export async function run(invocation: CalibrateInvocation): Promise<undefined> {
  const { operands, options, output } = invocation;
  const { curve, force, kept, plan, saveLogits } = options;
  const chosen = chooseCalibrationAim({ ...options, thresholds: options.earlyexit });
  const { aim, criterion, ...more } = chosen;
  const location = requireTrained(await locateNetwork(operands.model));
  const stores = !('budget' in aim) && !plan;
  if (stores) refusePretrained(location);
  if (curve !== undefined) await requireReplaceable('--curve', curve, 'curve', force);
  if (saveLogits !== undefined) await requireReplaceable('--save-logits', saveLogits, 'logits', force);
  if (kept !== undefined) return recalibrate(location, chosen, kept, invocation);
  if (stores) await requireWritable(location.directory);
  const { name: engine } = await startEngine(options, output);
  const { batchSize, dataDir, dataset, download, logits, seed, skipBroken } = options;
  const asked = {
    ...{ engine, batchSize, dataDir, dataset, download },
    ...{ logits, saveLogits, seed, skipBroken },
  };
  const scaling = options.scaling ?? scalingFor(aim);
  const written = { argument: operands.model, curve, colors: output.colors };
  if ('budget' in aim) {
    const found = await showingImages(invocation, (work) =>
      budgetsOfRun(location, { ...asked, scaling, ...work }),
    );
    if (curve !== undefined) await writeWholeFile(curve, budgetCsv(found.curve.points, found.metadata));
    output.json({ ...found.document, curve: curve ?? null, saved: null });
    const confidence = scaling === 'none' ? [] : describeConfidence(found.curve.fits, output.colors);
    output.text(...describeBudgets(found, { ...written, confidence }));
    return undefined;
  }
  if (plan) {
    const goal = { criterion, scaling, aim: aim as RiskAim };
    const document = await showingImages(invocation, (work) =>
      planRun(location, goal, { ...asked, ...work }),
    );
    output.json(document);
    output.text(...describePlan(document, output.colors));
    return undefined;
  }
  const goal: CalibrationGoal = { aim, criterion, scaling, ...more };
  const found = await showingImages(invocation, (work) =>
    calibrateRun(location, goal, { ...asked, ...work }),
  );
  const { metadata } = found.model;
  if (curve !== undefined) {
    const frontier = calibrationFrontier(found.model, found.calibration);
    await writeWholeFile(curve, frontierCsv(frontier, metadata));
  }
  const saved = location.directory;
  output.json({ ...found.document, curve: curve ?? null, saved });
  output.text(...describeCalibration(found, { ...written, saved }));
  return undefined;
}

/** `--kept`: makes a promise anew on logits that a service kept, and stores it. */
async function recalibrate(
  location: SavedLocation,
  { aim, candidates }: ChosenAim,
  kept: string,
  { operands, flags, options, output, signal }: CalibrateInvocation,
): Promise<undefined> {
  const beside = [...flags].find((flag) => !BESIDE_KEPT.has(flag));
  if (beside !== undefined || 'joint' in aim || candidates !== undefined) {
    throw new ArgumentError({
      where: '--kept',
      rule: 'it makes one promise anew, on the kept answers alone',
      received: `--kept and ${beside ?? 'several promises'}`,
      remedy: 'Leave the other out, or name one --risk',
    });
  }
  await requireWritable(location.directory);
  await startEngine(options, output);
  const goal = { aim: 'risk' in aim ? aim : undefined, seed: options.seed };
  const { found, document } = await showing(output, signal, (work) =>
    recalibrateRun(location, kept, { ...goal, ...work }),
  );
  output.json(document);
  output.text(...describeRecalibration(found, document, operands.model));
  return undefined;
}
