import type { Answers, ImageBatch, RunOptions } from '@earlyexit/inference';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
  reply: FastifyReply,
  place: Place,
  { asked, read }: AskedAnswers,
): Promise<Answers> {
  const model = state.model!;
  try {
    const options = await model.optionsFor(asked);
    // Who names thresholds gets them.
    const relaxed = asked.thresholds === undefined && place.isPressed ? model.relaxed : null;
    const images = await read();
    state.images = images.count;
    const answers = await place.run(images, { ...options, ...relaxed?.policy }, state);
    // What a request runs under options of its own is no sample of the stream that was calibrated for.
    if (Object.keys(asked).length === 0 && relaxed === null) model.shift?.observe(answers);
    const alarm = model.shift?.message ?? null;
    if (alarm !== null) reply.header('earlyexit-shift', `alarm; seen=${model.shift!.seen}`);
    if (relaxed !== null) {
      reply.header('earlyexit-relaxed', `risk=${relaxed.risk}`);
      metrics.relaxed(model, answers.count);
    }
    metrics.answered(model, answers, (performance.now() - state.startedAt) / 1000);
    return answers;
  } finally {
    place.release();
  }
}
