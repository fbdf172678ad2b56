import { join } from 'node:path';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { TrainingEvent } from '@earlyexit/trainer';
import type { Invocation } from '../command-definition';
import type { TrainOptions } from '../options/train-options';
import type { RunConfig } from '@earlyexit/runs';
import { showTraining } from './show-training';

/** Everyone who follows a training. */
export interface TrainingObservers {
  readonly onEvent: (event: TrainingEvent) => void;
  close(): Promise<void>;
}

/** The progress line, and what `--tensorboard` and `--watch` ask for. */
export async function observeTraining(
  options: TrainOptions,
  { output, surroundings }: Invocation,
  training: {
    readonly title: string;
    readonly metadata: MultiExitMetadata;
    readonly runDirectory: string;
    readonly config: RunConfig;
  },
): Promise<TrainingObservers> {
  const { title, metadata, runDirectory, config } = training;
  const exits = metadata.exits.map(({ name }) => name);
  const observers: { onEvent(event: TrainingEvent): void; close?(): void | Promise<void> }[] = [];
  if (options.tensorboard === true) {
    const { createTensorBoardWriter } = await import('@earlyexit/trainer/tensorboard');
    const directory = join(runDirectory, 'tensorboard');
    observers.push(await createTensorBoardWriter({ directory, exits, description: describe(title, config) }));
    output.note(`TensorBoard: tensorboard --logdir ${directory}`);
  }
  if (options.watch === true) {
    const { watchTraining } = await import('@earlyexit/report/training');
    const { readEpochs } = await import('@earlyexit/trainer');
    const watch = await watchTraining({ title, exits, earlier: await readEpochs(runDirectory) });
    observers.push({ onEvent: watch.onEvent, close: () => watch.dispose() });
    // Whoever asks for the page needs its address, --quiet or not.
    surroundings.stderr.write(`watch it: ${watch.url}\n`);
  }
  observers.push({ onEvent: showTraining(metadata, output) });
  return {
    onEvent(event) {
      for (const observer of observers) observer.onEvent(event);
    },
    async close() {
      for (const observer of observers) await observer.close?.();
    },
  };
}

/** The run's settings as Markdown, for TensorBoard's page Text. */
function describe(title: string, { options, engine, data, earlyexit }: RunConfig): string {
  const rows = Object.entries({
    ...options,
    engine: `${engine.name} ${engine.version}`,
    seed: data.seed,
    earlyexit,
  }).map(([name, value]) => `| ${name} | ${typeof value === 'string' ? value : JSON.stringify(value)} |`);
  return [`**${title}**`, '', '| setting | value |', '| --- | --- |', ...rows].join('\n');
}
