import { readImage } from '@earlyexit/datasets';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { answerImages } from '../answer-images';
import { checkShape } from '../http/check-shape';
import { unpackBody } from '../http/read-body';
import { refusalOf, wrongRequest } from '../http/refusal';
import type { HostedModel } from '../models/host-model';
import { runParameters } from '../protocol/infer-request';
import { bodyOf, deadlineOf, type Serving } from '../serving';

const number = z.string().transform(Number).pipe(z.number('it is a number'));

const query = z.strictObject({
  model: z.string().optional(),
  version: z.string().optional(),
  thresholds: runParameters.thresholds,
  max_macs: number.pipe(z.number().positive()).optional(),
  timeout: number.pipe(z.int().positive().max(3.6e9)).optional(),
});

/** A PNG of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=';

/** Loads the decoder, so that the first image does not wait for it. Where there is none, the first image is told so. */
export async function warmDecoder(): Promise<void> {
  await readImage(Buffer.from(PIXEL, 'base64'), { imageShape: [1, 1, 3] }).catch(() => undefined);
}

type Asked = z.infer<typeof query>;

/** `/classify`: one image as a file, answered in JSON; for people without a client. */
export function addClassifyRoute(app: FastifyInstance, serving: Serving): void {
  const { table, options } = serving;
  const ask = (value: unknown): Asked => checkShape(query, value, Object.keys(query.shape));
  app.post(
    '/classify',
    {
      // Before the body is read.
      onRequest: (request, _, done) => {
        const { model, version, timeout } = ask(request.query);
        request.state.model = table.get(model, version);
        request.state.model.batcher.reserve(1, deadlineOf(request, timeout, options.timeoutMs)).release();
        done();
      },
    },
    async (request, reply) => {
      const { thresholds, max_macs: maxMacs, timeout, ...named } = ask(request.query);
      // Again: it may have been replaced while the body came.
      const model = table.get(named.model, named.version);
      request.state.model = model;
      const place = model.batcher.reserve(1, deadlineOf(request, timeout, options.timeoutMs));
      const answers = await answerImages(serving, request, reply, place, {
        asked: { ...(thresholds && { thresholds }), ...(maxMacs && { maxMacs }) },
        async read() {
          const { maxBodyBytes } = options;
          const body = await unpackBody(bodyOf(request), request.headers['content-encoding'], maxBodyBytes);
          return { data: await decode(body, model, options.maxPixels), count: 1 };
        },
      });
      const { classes, exits } = model.session.metadata;
      const [answer, exit] = [answers.classes[0]!, answers.exits[0]!];
      return {
        model: model.name,
        version: model.version,
        class: answer,
        label: classes[answer] ?? String(answer),
        probability: answers.probabilities[0],
        exit,
        exitName: exits[exit]?.name ?? String(exit),
        score: answers.scores[0],
        macs: answers.macs[0],
        latencyMs: performance.now() - request.state.startedAt,
      };
    },
  );
}

async function decode(body: Buffer, model: HostedModel, maxPixels: number): Promise<Uint8Array> {
  const { preprocessing } = model.session.metadata;
  if (preprocessing === null) {
    throw wrongRequest({
      where: 'body',
      rule: `${model.name} does not say how images become its inputs`,
      received: 'an image',
      remedy: `POST /v2/models/${model.name}/infer takes preprocessed values`,
    });
  }
  const { inputShape: imageShape, shorterSide } = preprocessing;
  const fit = shorterSide === undefined ? undefined : { shorterSide };
  try {
    return await readImage(body, { imageShape, fit, invert: model.invert, name: 'body', maxPixels });
  } catch (error) {
    throw refusalOf(error, 'body');
  }
}
