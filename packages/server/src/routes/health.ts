import { version } from '@earlyexit/core';
import type { FastifyInstance } from 'fastify';
import type { Serving } from '../serving';

/** `/v2`, `/v2/health/live`, `/v2/health/ready` and `/metrics`. */
export function addHealthRoutes(app: FastifyInstance, serving: Serving): void {
  app.get('/v2', () => ({
    name: 'earlyexit',
    version,
    extensions: ['binary_tensor_data', 'model_repository'],
  }));
  app.get('/v2/health/live', () => ({ live: true }));
  app.get('/v2/health/ready', (_, reply) => {
    reply.code(serving.isDraining ? 503 : 200);
    return { ready: !serving.isDraining };
  });
  app.get('/metrics', async (_, reply) => {
    const { registry } = serving.metrics;
    reply.type(registry.contentType);
    return registry.metrics();
  });
}
