import { join, resolve } from 'node:path';
import { writeWholeFile } from '@earlyexit/core/node';
import { calibrateModel, collectReport, storeCalibration } from '@earlyexit/evaluation';
import { encodeExamples, renderReport } from '@earlyexit/report';
import { train } from '@earlyexit/trainer';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { exitCode } from '../exit-code';
import { count, duration, percent, shortMacs } from '../terminal/format';
import { engineOptions } from '../options/common-schemas';
import { text } from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { showWork } from '../terminal/show-work';
import { version } from '../version';
import { buildNetwork } from '../work/build-network';
import { describeEvaluation } from '../describe/evaluation';
import { openData } from '../work/open-data';
import { describeAim } from '../describe/aim';
import type { RunConfig } from '@earlyexit/runs';
import { startEngine } from '../work/start-engine';
import { showTraining } from '../work/show-training';
import { makeWorkbench } from '../work/workbench';
import { openOutFolder } from './out-folder';
import { type QuickstartRecipe, recipe as defaultRecipe } from './recipe';

const schema = z.object({ ...engineOptions, out: text() }).partial();

/** `earlyexit quickstart`: from real images to a calibrated network and a report, in one go. */
export async function quickstartRun(
  { options: given, output, signal, surroundings }: Invocation,
  recipe: QuickstartRecipe = defaultRecipe,
): Promise<number> {
  const options = parseOptions(schema, given);
  const { out = 'earlyexit-quickstart' } = options;
  const folder = await openOutFolder(out);
  const { colors } = output;

  output.note(`${recipe.network} on ${recipe.dataset}; the results will be in ${resolve(out)}`);
  const engine = await startEngine({ engine: options.engine ?? 'wasm', threads: options.threads }, output);
  const data = {
    dataset: recipe.dataset,
    dataDir: recipe.dataDir,
    seed: recipe.seed,
    validation: null,
    calibration: null,
  };
  const { source, splits } = await openData(
    { ...data, imageShape: await inputShapeOf(recipe.network), augmentation: await recipe.augmentation() },
    output,
    signal,
  );
  output.note(
    `${count(source.train.size)} training images (${count(splits.train.size)} to train on, ${count(splits.validation.size)} to validate, ${count(splits.calibration.size)} to calibrate) and ${count(splits.test.size)} test images`,
  );
  const model = await buildNetwork({ name: recipe.network, source, seed: recipe.seed });
  for (const { name, attachedAfter, macs } of model.metadata.exits) {
    output.note(
      `  ${name} ${attachedAfter === null ? 'at the end' : `after ${attachedAfter}`}: ${shortMacs(macs)} MACs, ${percent(macs / model.metadata.staticMacs, 1)} of the network without exits`,
    );
  }

  const config: RunConfig & { quickstart: true } = {
    quickstart: true,
    format: 'earlyexit-run',
    formatVersion: 1,
    earlyexit: version,
    engine: { name: engine.name, version: engine.version },
    data,
    options: {
      model: recipe.network,
      dataset: recipe.dataset,
      epochs: recipe.epochs,
      batchSize: recipe.batchSize,
      seed: recipe.seed,
    },
  };
  const trained = await train({
    model,
    train: splits.train,
    validation: splits.validation,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    optimizer: await recipe.optimizer(),
    schedule: await recipe.schedule(),
    labelSmoothing: recipe.labelSmoothing,
    ...(recipe.lossWeights === null ? {} : { lossWeights: recipe.lossWeights }),
    seed: recipe.seed,
    restoreBest: true,
    runDirectory: folder.unfinished,
    config: { ...config },
    signal,
    onEvent: showTraining(model.metadata, output),
  });
  if (trained.interrupted) {
    output.note(`${resolve(out)} was not touched; the unfinished run is in ${folder.unfinished}`);
    return exitCode.interrupted;
  }

  const directory = join(folder.unfinished, 'model', 'best');
  const bench = makeWorkbench(
    {
      model,
      reference: { kind: 'saved', path: out, directory, runDirectory: folder.unfinished },
      engine,
      data,
      source,
      splits,
    },
    { output, signal },
  );
  const { criterion, aim } = recipe;
  const calibration = calibrateModel(
    model,
    await bench.calibration(),
    { criterion, aim },
    showWork(output, signal),
  );
  const { policy, cached } = calibration;
  output.note(`calibrated: ${describeAim(aim)}, threshold ${policy.thresholds.join(', ')}`);
  const stored = await storeCalibration(model, directory, calibration);
  const report = collectReport(stored, {
    calibration: cached,
    test: await bench.logits('test'),
    dataset: recipe.dataset,
    engine: engine.name,
  });
  const { evaluation } = report;
  const page = renderReport(report, await encodeExamples(report, splits.test));
  await writeWholeFile(join(folder.unfinished, 'report.html'), page);
  signal.throwIfAborted();
  await folder.finish();

  const seconds = (performance.now() - surroundings.startedAt) / 1000;
  const paths = { report: join(resolve(out), 'report.html'), model: join(resolve(out), 'model', 'best') };
  output.json({ ...evaluation, seconds, ...paths });
  output.text(
    ...describeEvaluation(evaluation, output),
    '',
    `done in ${duration(seconds)}`,
    `report: ${colors.bold(paths.report)}`,
    `model:  ${paths.model}`,
    `next:   earlyexit predict ${out} IMAGE.png`,
  );
  return exitCode.done;
}

async function inputShapeOf(network: string): Promise<readonly [number, number, number]> {
  const { getModelEntry } = await import('@earlyexit/model-zoo');
  return getModelEntry(network).inputShape;
}
