import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { version } from '@earlyexit/core';
import { replaceFolder, writeWholeFile } from '@earlyexit/core/node';
import { describeAim, describeExpected, INTERVAL_CONFIDENCE } from '@earlyexit/evaluation';
import { encodeExamples, renderReport } from '@earlyexit/report';
import {
  calibrateRun,
  openEvaluation,
  openRun,
  prepareTraining,
  reportOnRun,
  resolveDataSettings,
  trainRun,
} from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { describeEvaluation } from '../../describe/evaluation';
import { showingImages } from '../../describe/ran-images';
import { exitCode } from '../../exit-code';
import { startEngine } from '../../model/start-engine';
import { showTraining } from '../train/show-training';
import { describeEnd, describeStart } from './describe';
import type { quickstart } from './options';
import { recipe as quickstartRecipe } from './recipe';

/** `earlyexit quickstart`: from real images to a calibrated network and a report, in one go. */
export async function run(
  invocation: Invocation<typeof quickstart>,
  recipe = quickstartRecipe,
): Promise<number> {
  const { options, output, signal, surroundings } = invocation;
  const { out, engine: asked = 'wasm', threads } = options;
  const { network: model, dataset, dataDir, training, augmentation, criterion, aim } = recipe;
  const folder = await replaceFolder(out, { owner: 'quickstart', isOwn: isQuickstart });
  const runDirectory = folder.unfinished;
  output.note(`${model} on ${dataset}; the results will be in ${resolve(out)}`);
  const engine = await startEngine({ engine: asked, threads }, output);
  const settings = resolveDataSettings({ dataset, dataDir, seed: training.seed }, null);
  const prepared = await showingImages(invocation, (work) =>
    prepareTraining({ ...training, model, runDirectory }, { settings, augmentation, ...work }),
  );
  for (const line of describeStart(prepared)) output.note(line);

  const { epochs, batchSize, seed } = training;
  const { result } = await showingImages(invocation, (work) =>
    trainRun(
      prepared,
      {
        ...{ engine, version, options: { model, dataset, epochs, batchSize, seed } },
        // Marks the folder as one that the next quickstart may replace.
        config: { quickstart: true },
        onEvent: showTraining(prepared.model.metadata, output),
      },
      work,
    ),
  );
  if (result.interrupted) {
    output.note(`${resolve(out)} was not touched; the unfinished run is in ${runDirectory}`);
    return exitCode.interrupted;
  }

  const { data } = prepared;
  const trained = await openRun(runDirectory);
  const { calibration } = await showingImages(invocation, (work) =>
    calibrateRun(trained, { criterion, aim }, { engine: engine.name, data, ...work }),
  );
  const { policy, cached, expected } = calibration;
  output.note(`calibrated: ${describeAim(aim)}, threshold ${policy.thresholds.join(', ')}`);
  if (expected !== null) output.note(describeExpected(expected, INTERVAL_CONFIDENCE));
  const opened = await openEvaluation(await openRun(runDirectory), {
    ...{ engine: engine.name, data, calibration: cached },
  });
  const report = await showingImages(invocation, (work) => reportOnRun(opened, {}, work));
  const page = renderReport(report, await encodeExamples(report, data.splits.test));
  await writeWholeFile(join(runDirectory, 'report.html'), page);
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

/** Whether a folder is that of an earlier quickstart. */
export async function isQuickstart(folder: string, names: readonly string[]): Promise<boolean> {
  try {
    const config: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    return typeof config === 'object' && config !== null && 'quickstart' in config;
  } catch {
    // Stopped before config.json was written: folders that hold nothing yet.
    const contents = await Promise.all(names.map((name) => readdir(join(folder, name)).catch(() => [name])));
    return contents.every((inside) => inside.length === 0);
  }
}
