import { join } from 'node:path';
import type { PreparedTraining, RunDescription } from '@earlyexit/runs';
import { readEpochs, type TrainingEvent } from '@earlyexit/trainer';
import type { Invocation } from '../../command';
import type { train } from './options';
import { showTraining } from './show-training';

/** Everyone who follows a training. */
export interface TrainingFollowers {
  readonly onEvent: (event: TrainingEvent) => void;
  close(): Promise<void>;
}

/** The progress line, and what `--tensorboard` and `--watch` ask for. */
export async function followTraining(
  { output, surroundings }: Pick<Invocation, 'output' | 'surroundings'>,
  { tensorboard, watch }: Pick<Invocation<typeof train>['options'], 'tensorboard' | 'watch'>,
  { name, model: { metadata }, data, runDirectory }: PreparedTraining,
  { options, engine, version: earlyexit }: RunDescription,
): Promise<TrainingFollowers> {
  const { dataset, seed } = data.settings;
  const title = `${name} on ${dataset}`;
  const exits = metadata.exits.map(({ name }) => name);
  const followers: { onEvent(event: TrainingEvent): void; close?(): void | Promise<void> }[] = [];
  if (tensorboard) {
    const { createTensorBoardWriter, describeSettings } = await import('@earlyexit/trainer/tensorboard');
    const directory = join(runDirectory, 'tensorboard');
    const computed = engine && `${engine.name} ${engine.version}`;
    const description = describeSettings(title, { ...options, engine: computed, seed, earlyexit });
    followers.push(await createTensorBoardWriter({ directory, exits, description }));
    output.note(`TensorBoard: tensorboard --logdir ${directory}`);
  }
  if (watch) {
    const { serveTraining } = await import('@earlyexit/report/training');
    const page = await serveTraining({ title, exits, earlier: await readEpochs(runDirectory) });
    followers.push({ onEvent: page.onEvent, close: () => page.dispose() });
    // Whoever asks for the page needs its address, --quiet or not.
    surroundings.stderr.write(`watch it: ${page.url}\n`);
  }
  followers.push({ onEvent: showTraining(metadata, output) });
  return {
    onEvent(event) {
      for (const follower of followers) follower.onEvent(event);
    },
    async close() {
      for (const follower of followers) await follower.close?.();
    },
  };
}
