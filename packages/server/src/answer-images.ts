import type { Answers, ImageBatch, RunOptions } from '@earlyexit/inference';
import type { FastifyRequest } from 'fastify';
import type { Place } from './batching/create-batcher';
import type { Serving } from './serving';

/** What a request asks for. */
interface AskedAnswers {
  readonly asked: Pick<RunOptions, 'thresholds' | 'maxMacs'>;
  /** The images, once there is a place for them. */
  readonly read: () => ImageBatch | Promise<ImageBatch>;
}

/** Answers the images of a request in the place that is kept for them, and counts the answers. */
export async function answerImages(
  { metrics }: Pick<Serving, 'metrics'>,
  { state }: FastifyRequest,
  place: Place,
  { asked, read }: AskedAnswers,
): Promise<Answers> {
  const model = state.model!;
  try {
    const options = await model.optionsFor(asked);
    const images = await read();
    state.images = images.count;
    const answers = await place.run(images, options, state.signal);
    metrics.answered(model, answers, (performance.now() - state.startedAt) / 1000);
    return answers;
  } finally {
    place.release();
  }
}
