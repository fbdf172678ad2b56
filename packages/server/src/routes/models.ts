import type { FastifyInstance } from 'fastify';
import type { HostedModel } from '../models/host-model';
import { describeOutputs } from '../protocol/output-tensors';
import type { Serving } from '../serving';

/** What is in an address of a model. */
export interface ModelParams {
  readonly name: string;
  readonly version?: string;
}

/** The addresses of a model, without and with a version. */
export const modelAddresses = ['/v2/models/:name', '/v2/models/:name/versions/:version'] as const;

/** What a model takes and gives, and whether it is ready. */
export function addModelRoutes(app: FastifyInstance, { table, ...serving }: Serving): void {
  for (const address of modelAddresses) {
    app.get<{ Params: ModelParams }>(address, ({ params }) => {
      const model = table.get(params.name, params.version);
      return describeModel(model, table.versionsOf(model.name));
    });
    app.get<{ Params: ModelParams }>(`${address}/ready`, ({ params }, reply) => {
      const { name, version } = table.get(params.name, params.version);
      reply.code(serving.isDraining ? 503 : 200);
      return { name, version, ready: !serving.isDraining };
    });
  }
}

/** The metadata of the protocol; under `parameters` what it has no place for. */
function describeModel({ name, session, inputs, shift, relaxed }: HostedModel, versions: readonly string[]) {
  const { classes, exits, policy } = session.metadata;
  return {
    name,
    versions,
    platform: 'earlyexit',
    inputs: [inputs.values],
    outputs: describeOutputs(session.metadata),
    parameters: { classes, exits, policy, raw_input: inputs.bytes, shift: shift?.message ?? null, relaxed },
  };
}
