import { version } from '@earlyexit/core';
import {
  prepareTraining,
  trainedDocument,
  trainingData,
  trainingPlanDocument,
  trainRun,
} from '@earlyexit/runs';
import { chooseWorkers, requireRunFolder } from '@earlyexit/trainer';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { startEngine } from '../../model/start-engine';
import { showing } from '../../terminal/show-work';
import {
  describeDryRun,
  describeInterruption,
  describePlan,
  describeSkipped,
  describeTrained,
  ORACLE_NOTE,
} from './describe';
import { followTraining } from './follow-training';
import type { train as declaration } from './options';
import { optionsToRepeat, readSettings } from './settings';

/** `earlyexit train`: trains a network and writes a run folder. */
export async function run(invocation: Invocation<typeof declaration>): Promise<number> {
  const { output, signal, flags } = invocation;
  const started = performance.now();
  const read = await readSettings(invocation);
  const { settings, network, asked, remembered, runDirectory } = read;
  const { lr, lossweights, earlyexit, ema, keep, model, resume, dryRun, admitGain } = settings;
  const dataSettings = await trainingData(model, asked, remembered?.data ?? null);
  const { count: workers, engine: needed } = chooseWorkers(settings);
  const engine = await startEngine(
    {
      ...{ engine: needed, threads: settings.threads },
      training: network.kind === 'registered' ? network.name : undefined,
    },
    output,
  );
  if (!dryRun) await requireRunFolder(runDirectory, resume);
  const { limit, augment, download, imageSize } = settings;
  const prepared = await showing(output, signal, (work) =>
    prepareTraining(
      // In the words of the library.
      {
        ...{ ...settings, runDirectory, learningRate: lr },
        ...{ lossWeights: lossweights, thresholds: earlyexit, averageDecay: ema },
      },
      { settings: dataSettings, imageSize, limit, augment, download, ...work },
    ),
  );
  if (flags.has('--earlyexit_thresholds') && asked.criterion === undefined) output.note(ORACLE_NOTE);
  const computer = { engine: engine.name, workers };
  const plan = describePlan(prepared, workers);
  if (dryRun) {
    output.text(...plan, describeDryRun(prepared));
    output.json(trainingPlanDocument(prepared, computer));
    return exitCode.done;
  }
  for (const line of plan) output.note(line);

  const about = { engine, version, options: optionsToRepeat(read, dataSettings, workers) };
  const followers = await followTraining(invocation, settings, prepared, about);
  const { checkpointEvery } = settings;
  const trained = await showing(output, signal, (work) =>
    trainRun(
      prepared,
      {
        ...{ ...about, workers, keepCheckpoints: keep, onEvent: followers.onEvent },
        admitGain,
        ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
      },
      work,
    ),
  ).finally(() => followers.close());
  const seconds = (performance.now() - started) / 1000;
  const document = trainedDocument(prepared, trained, computer, seconds);
  output.json(document);
  if (trained.result.interrupted) {
    output.note(describeInterruption(document));
    return exitCode.interrupted;
  }
  output.text(...describeTrained(prepared.model.metadata, document));
  for (const line of describeSkipped(prepared.data.source)) output.note(line);
  return exitCode.done;
}
