import { ArgumentError, DataError } from '@earlyexit/exit-criteria';
import { preprocess } from './preprocess';
import { resolvePolicy } from './resolve-policy';
import { routeBatch } from './route-batch';
import type { Answers, ImageBatch, RunOptions, Session, SessionMetadata } from './session';
import type { StageRunner } from './stage-runner';
import { yieldToEventLoop } from './yield-to-event-loop';

// Beyond this, engines in plain JavaScript and WebAssembly gain nothing, and the memory of a batch grows.
const DEFAULT_BATCH_SIZE = 64;

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
    checkImages(images, runner.inputShape, imageSize, metadata);
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

function emptyAnswers(count: number, classes: number): Answers {
  return {
    count,
    classes: new Int32Array(count),
    exits: new Int32Array(count),
    scores: new Float64Array(count),
    probabilities: new Float64Array(count),
    logits: new Float32Array(count * classes),
    macs: new Float64Array(count),
  };
}

function toInputs(data: Float32Array | Uint8Array, metadata: SessionMetadata): Float32Array {
  if (data instanceof Float32Array) return data;
  // Checked before the run began.
  return preprocess(data, metadata.preprocessing!);
}

function checkBatchSize(batchSize: number): number {
  if (Number.isInteger(batchSize) && batchSize > 0) return batchSize;
  throw new ArgumentError({
    where: 'session.run, batchSize',
    rule: 'it is a positive integer',
    received: String(batchSize),
  });
}

function checkImages(
  { data, count }: ImageBatch,
  inputShape: StageRunner<unknown>['inputShape'],
  imageSize: number,
  metadata: SessionMetadata,
): void {
  if (!(data instanceof Float32Array) && !(data instanceof Uint8Array)) {
    throw new ArgumentError({
      where: 'session.run, images.data',
      rule: 'it is a Float32Array of preprocessed images or a Uint8Array of raw bytes',
      received: Object.prototype.toString.call(data),
    });
  }
  if (!Number.isInteger(count) || count < 0 || data.length !== count * imageSize) {
    throw new ArgumentError({
      where: 'session.run, images',
      rule: `there are count × ${inputShape.join(' × ')} values (image, height, width, channel)`,
      received: `${data.length} values for a count of ${count}`,
    });
  }
  if (data instanceof Uint8Array && metadata.preprocessing === null) {
    throw new ArgumentError({
      where: 'session.run, images.data',
      rule: `${metadata.name} does not say how bytes are preprocessed, so it takes preprocessed images`,
      received: 'raw bytes',
      remedy: 'Pass a Float32Array, or give the network its preprocessing when you create or train it',
    });
  }
}

function checkFinite(images: Float32Array, rows: number, offset: number): void {
  const imageSize = images.length / rows;
  for (let row = 0; row < rows; row++) {
    // Float32 values cannot overflow a float64 sum, so the sum is finite exactly if all of them are.
    let sum = 0;
    for (let index = row * imageSize; index < (row + 1) * imageSize; index++) sum += images[index]!;
    if (Number.isFinite(sum)) continue;
    throw new DataError({
      where: `session.run, image ${offset + row}`,
      rule: 'the values of an image are finite numbers',
      received: 'NaN or an infinite value',
      remedy: 'No exit can be sure of such an image; leave it out or repair it',
    });
  }
}
