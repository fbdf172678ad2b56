import { ArgumentError } from '@earlyexit/core';
import { recalibrateModel, storeCalibration } from '@earlyexit/evaluation';
import { thresholdToJson } from '@earlyexit/exit-criteria';
import { fingerprintModel, loadRun, readLogits, type SavedLocation } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { showing } from '../../terminal/show-work';
import { startEngine } from '../../model/start-engine';
import type { ChosenAim } from './aim';
import { describeRecalibration } from './describe-promises';
import type { calibrate } from './options';

// What may be said beside it; anything else would be ignored.
const BESIDE_KEPT = new Set([
  ...['--kept', '--risk', '--delta', '--method', '--loss', '--seed'],
  ...['--engine', '--threads'],
]);

/** `calibrate --kept`: makes a promise anew on logits that a service kept, and stores it. */
export async function recalibrateAt(
  location: SavedLocation,
  { aim, candidates }: ChosenAim,
  { stamp, kept }: { readonly stamp: string; readonly kept: string },
  { operands, flags, options, output, signal }: Invocation<typeof calibrate>,
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
  await startEngine(options, output);
  const { model } = await loadRun(location);
  const file = await readLogits(kept, { model: await fingerprintModel(model) });
  const { cached, origin } = file;
  const goal = {
    ...('risk' in aim ? { aim } : {}),
    seed: options.seed,
  };
  const found = await showing(output, signal, (work) => recalibrateModel(model, file, goal, work));
  await storeCalibration(model, location.directory, found, { stamp, split: origin.split });
  const { policy, promise, fittedSamples } = found;
  output.json({
    model: model.metadata.name,
    split: origin.split,
    samples: cached.samples,
    fittedSamples,
    thresholdSamples: promise.samples,
    criterion: policy.criterion,
    thresholds: policy.thresholds.map(thresholdToJson),
    temperatures: policy.temperatures,
    promise,
    saved: location.directory,
  });
  const about = { model: model.metadata.name, argument: operands.model, directory: location.directory };
  output.text(...describeRecalibration(found, about));
  return undefined;
}
