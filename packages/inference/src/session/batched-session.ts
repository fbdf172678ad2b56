import { ArgumentError } from '@earlyexit/core';
import {
  checkAnswers,
  checkBatchSize,
  checkFinite,
  checkImages,
  DEFAULT_BATCH_SIZE,
  emptyAnswers,
  toInputs,
} from './run-images';
import type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session';
import { yieldToEventLoop } from './yield-to-event-loop';

/** One batch on its way through a network. */
export interface PreparedBatch {
  /** `[rows, height, width, channels]`, preprocessed. */
  readonly images: Float32Array;
  readonly rows: number;
  /** Where the batch's first answer goes. */
  readonly offset: number;
}

/** The engine that answers the batches of a session. */
export interface BatchEngine {
  /** The shape of the network's input, without the batch axis. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /**
   * Reads the options of one run, before anything is computed.
   *
   * @returns a function that writes the answers of a batch to their places
   */
  prepare(options: RunOptions): (batch: PreparedBatch, answers: Answers) => Promise<void>;
  /** Frees what the engine holds; called once, when no run is under way. */
  release(): void;
}

/**
 * A session over any engine that answers batches: it splits the images into batches, preprocesses bytes, refuses
 * non-finite values, collects the answers in input order, and waits for running calls before it frees the engine.
 */
export function createBatchedSession(engine: BatchEngine, metadata: SessionMetadata): Session {
  const { inputShape, classes } = engine;
  const imageSize = inputShape.reduce((product, size) => product * size, 1);
  let running = 0;
  let disposed = false;
  const releaseWhenIdle = (): void => {
    if (disposed && running === 0) engine.release();
  };

  async function run(images: ImageBatch, options: RunOptions = {}): Promise<Answers> {
    if (disposed) {
      throw new ArgumentError({
        where: 'session.run',
        rule: 'a session that was disposed of gives no more answers',
        remedy: 'Create a new session',
      });
    }
    const answerBatch = engine.prepare(options);
    const batchSize = checkBatchSize(options.batchSize ?? DEFAULT_BATCH_SIZE);
    checkImages(images, inputShape, metadata);
    const answers = emptyAnswers(images.count, classes);
    running++;
    try {
      for (let offset = 0; offset < images.count; offset += batchSize) {
        if (options.signal !== undefined) await yieldToEventLoop();
        options.signal?.throwIfAborted();
        const rows = Math.min(batchSize, images.count - offset);
        const slice = images.data.subarray(offset * imageSize, (offset + rows) * imageSize);
        const batch = { images: toInputs(slice, metadata), rows, offset };
        checkFinite(batch.images, rows, offset);
        await answerBatch(batch, answers);
        checkAnswers(answers, batch, metadata.name);
      }
    } finally {
      running--;
      releaseWhenIdle();
    }
    return answers;
  }

  return {
    metadata,
    run,
    dispose() {
      if (disposed) return;
      disposed = true;
      releaseWhenIdle();
    },
  };
}
