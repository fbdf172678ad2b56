import { join, resolve } from 'node:path';
import { writeWholeFile } from '@earlyexit/core/node';
import {
  calibrateModel,
  collectReport,
  describeExpected,
  INTERVAL_CONFIDENCE,
  storeCalibration,
} from '@earlyexit/evaluation';
import { createModel, getModelEntry } from '@earlyexit/model-zoo';
import { encodeExamples, renderReport } from '@earlyexit/report';
import { describeRun, openData, resolveDataSettings } from '@earlyexit/runs';
import { train, trainingRecipe } from '@earlyexit/trainer';
import type { Invocation } from '../../command';
import { describeAim } from '../../describe/aim';
import { describeEvaluation } from '../../describe/evaluation';
import { exitCode } from '../../exit-code';
import { showing } from '../../terminal/show-work';
import { version } from '../../version';
import { startEngine } from '../../model/start-engine';
import { makeEvaluationSetup } from '../../model/evaluation-setup';
import { showTraining } from '../train/show-training';
import { describeEnd, describeStart } from './describe';
import type { quickstart } from './options';
import { openOutFolder } from './out-folder';
import { recipe as quickstartRecipe } from './recipe';

/** `earlyexit quickstart`: from real images to a calibrated network and a report, in one go. */
export async function run(
  {
    options: { out, engine: asked = 'wasm', threads },
    output,
    signal,
    surroundings,
  }: Invocation<typeof quickstart>,
  recipe = quickstartRecipe,
): Promise<number> {
  const { network, dataset, dataDir, training, augmentation, criterion, aim } = recipe;
  const folder = await openOutFolder(out);
  output.note(`${network} on ${dataset}; the results will be in ${resolve(out)}`);
  const engine = await startEngine({ engine: asked, threads }, output);
  const settings = resolveDataSettings({ dataset, dataDir, seed: training.seed }, null);
  const imageShape = getModelEntry(network).inputShape;
  const data = await showing(output, signal, (work) =>
    openData({ settings, imageShape, augmentation, ...work }),
  );
  const model = createModel(network, { data: data.source, seed: training.seed });
  for (const line of describeStart(data, model.metadata)) output.note(line);

  const { epochs, batchSize, seed } = training;
  const options = { model: network, dataset, epochs, batchSize, seed };
  const described = await showing(output, signal, (work) =>
    describeRun(model, data, { engine, version, options }, work),
  );
  const trained = await train({
    ...trainingRecipe(training, model.metadata.exits),
    ...data.splits,
    ...described,
    // Marks the folder as one that the next quickstart may replace.
    config: { ...described.config, quickstart: true },
    ...{ restoreBest: true, runDirectory: folder.unfinished, signal },
    onEvent: showTraining(model.metadata, output),
  });
  if (trained.interrupted) {
    output.note(`${resolve(out)} was not touched; the unfinished run is in ${folder.unfinished}`);
    return exitCode.interrupted;
  }

  const directory = join(folder.unfinished, 'model', 'best');
  const reference = { kind: 'saved', path: out, directory, runDirectory: folder.unfinished } as const;
  const parts = { model: described.model, reference, engine, data: settings, ...data };
  const setup = makeEvaluationSetup(parts, { output, signal });
  const logits = await setup.calibration();
  const calibration = await showing(output, signal, (work) =>
    calibrateModel(setup.model, logits, { criterion, aim }, work),
  );
  const { policy, cached, expected } = calibration;
  output.note(`calibrated: ${describeAim(aim)}, threshold ${policy.thresholds.join(', ')}`);
  if (expected !== null) output.note(describeExpected(expected, INTERVAL_CONFIDENCE));
  const stored = await storeCalibration(setup.model, directory, calibration);
  const test = await setup.logits('test');
  const report = collectReport(stored, { calibration: cached, test, dataset, engine: engine.name });
  const page = renderReport(report, await encodeExamples(report, data.splits.test));
  await writeWholeFile(join(folder.unfinished, 'report.html'), page);
  signal.throwIfAborted();
  await folder.finish();

  const seconds = (performance.now() - surroundings.startedAt) / 1000;
  const paths = { report: join(resolve(out), 'report.html'), model: join(resolve(out), 'model', 'best') };
  output.json({ ...report.evaluation, seconds, ...paths });
  output.text(
    ...describeEvaluation(report.evaluation, output),
    ...describeEnd({ out, seconds, ...paths }, output.colors),
  );
  return exitCode.done;
}
