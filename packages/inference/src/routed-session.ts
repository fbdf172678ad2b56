import { ArgumentError } from '@earlyexit/exit-criteria';
import {
  checkBatchSize,
  checkFinite,
  checkImages,
  DEFAULT_BATCH_SIZE,
  emptyAnswers,
  toInputs,
} from './run-images';
import { resolvePolicy } from './resolve-policy';
import { routeBatch } from './route-batch';
import type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session';
import type { StageRunner } from './stage-runner';
import { yieldToEventLoop } from './yield-to-event-loop';

/**
 * A session over stages, whatever runs them: cuts the images into batches, preprocesses bytes, routes each batch
 * through the exits and gathers the answers in input order.
 *
 * @throws ArgumentError if the metadata does not tell of as many exits as the runner has stages.
 */
export function createRoutedSession<Features>(
  runner: StageRunner<Features>,
  metadata: SessionMetadata,
): Session {
  if (metadata.exits.length !== runner.stageCount) {
    throw new ArgumentError({
      where: 'createRoutedSession',
      rule: 'there is one stage an exit, the final exit included',
      received: `${runner.stageCount} stages, ${metadata.exits.length} exits in the metadata`,
    });
  }
  const exitMacs = metadata.exits.map((exit) => exit.macs);
  let running = 0;
  let disposed = false;
  const disposeWhenIdle = () => {
    if (disposed && running === 0) runner.dispose();
  };

  async function run(images: ImageBatch, options: RunOptions = {}): Promise<Answers> {
    if (disposed) {
      throw new ArgumentError({
        where: 'session.run',
        rule: 'a session that was disposed answers no more',
        remedy: 'Create a new session',
      });
    }
    const policy = resolvePolicy(metadata, options);
    const batchSize = checkBatchSize(options.batchSize ?? DEFAULT_BATCH_SIZE);
    const imageSize = runner.inputShape.reduce((product, size) => product * size, 1);
    checkImages(images, runner.inputShape, metadata);
    const answers = emptyAnswers(images.count, runner.classes);
    running++;
    try {
      for (let offset = 0; offset < images.count; offset += batchSize) {
        if (options.signal !== undefined) await yieldToEventLoop();
        options.signal?.throwIfAborted();
        const rows = Math.min(batchSize, images.count - offset);
        const slice = images.data.subarray(offset * imageSize, (offset + rows) * imageSize);
        const batch = { images: toInputs(slice, metadata), rows, offset };
        checkFinite(batch.images, rows, offset);
        await routeBatch(runner, batch, policy, exitMacs, answers, options.signal);
      }
    } finally {
      running--;
      disposeWhenIdle();
    }
    return answers;
  }

  return {
    metadata,
    run,
    dispose() {
      if (disposed) return;
      disposed = true;
      disposeWhenIdle();
    },
  };
}
