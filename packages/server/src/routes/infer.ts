import type { FastifyInstance } from 'fastify';
import { packAnswer } from '../http/pack-answer';
import { unpackBody } from '../http/read-body';
import { readInferRequest } from '../protocol/read-infer-request';
import { askedOutputs, writeInferResponse } from '../protocol/write-infer-response';
import { answerImages } from '../answer-images';
import { bodyOf, deadlineOf, type Serving } from '../serving';
import { modelAddresses, type ModelParams } from './models';

/** `/v2/models/{name}/infer`: JSON, and the binary tensor data extension both ways. */
export function addInferRoutes(app: FastifyInstance, serving: Serving): void {
  const { table, options } = serving;
  for (const address of modelAddresses) {
    app.post<{ Params: ModelParams }>(
      `${address}/infer`,
      {
        // Before the body is read.
        onRequest: (request, _, done) => {
          const { name, version } = request.params;
          request.state.model = table.get(name, version);
          request.state.model.batcher.reserve(1, deadlineOf(request, undefined, options.timeoutMs)).release();
          done();
        },
      },
      async (request, reply) => {
        const { headers, state } = request;
        const body = await unpackBody(bodyOf(request), headers['content-encoding'], options.maxBodyBytes);
        // Again: it may have been replaced while the body came. From here to the reservation nothing waits.
        const model = table.get(request.params.name, request.params.version);
        state.model = model;
        const read = readInferRequest(body, headerOf(headers['inference-header-content-length']), model);
        const outputs = askedOutputs(read, model.session.metadata);
        const { thresholds, max_macs: maxMacs, timeout } = read.parameters ?? {};
        const place = model.batcher.reserve(read.count, deadlineOf(request, timeout, options.timeoutMs));
        const answers = await answerImages(serving, request, reply, place, {
          asked: { ...(thresholds && { thresholds }), ...(maxMacs && { maxMacs }) },
          read: () => read,
        });
        const response = writeInferResponse(answers, model.session.metadata, {
          model_name: model.name,
          model_version: model.version,
          id: read.id,
          outputs,
        });
        const packed = await packAnswer(response.body, headers['accept-encoding']);
        if (packed.encoding !== null) reply.header('content-encoding', packed.encoding);
        if (response.headerLength === null) reply.type('application/json');
        else {
          reply.type('application/octet-stream');
          reply.header('inference-header-content-length', String(response.headerLength));
        }
        return reply.send(packed.body);
      },
    );
  }
}

function headerOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' || value === undefined ? value : value.join();
}
