import { EarlyExitError, isRecord } from '@earlyexit/core';
import type { FastifyInstance } from 'fastify';
import { Refusal, wrongRequest } from '../http/refusal';
import type { ModelTable } from '../models/model-table';
import type { ReloadModel, ServedModel } from '../models/served-model';
import { bodyOf } from '../serving';

/** What the repository routes work with. */
export interface Repository {
  readonly table: ModelTable;
  /** Opens a model again; undefined where nobody can. */
  readonly reload: ReloadModel | undefined;
  /** Puts a model in the place of the one of its name and version. */
  readonly replace: (model: ServedModel) => Promise<unknown>;
}

/** `/v2/repository`: which models there are, and opening one again. No address names a file. */
export function addRepositoryRoutes(app: FastifyInstance, { table, reload, replace }: Repository): void {
  // One after the other, so that the last one asked for is the one that stays.
  let last: Promise<unknown> = Promise.resolve();

  app.post('/v2/repository/index', () =>
    table.all().map(({ name, version }) => ({ name, version, state: 'READY', reason: '' })),
  );

  app.post<{ Params: { readonly name: string } }>('/v2/repository/models/:name/load', async (request) => {
    const { name } = table.get(request.params.name);
    refuseParameters(bodyOf(request));
    if (reload === undefined) {
      throw new Refusal(501, 'wrong', {
        where: 'load',
        rule: 'this server was started without a way to open its models again',
        received: name,
        remedy: 'Start it again',
      });
    }
    const turn = last.then(async () => {
      for (const version of table.versionsOf(name)) {
        const model = await reload({ name, version }).catch((error: unknown) => {
          throw explain(error, name, version);
        });
        await replace({ ...model, name, version });
      }
    });
    last = turn.catch(() => undefined);
    await turn;
    return { name, versions: table.versionsOf(name), state: 'READY' };
  });
}

/** A request that brings a model or its settings would otherwise be told that it was heard. */
function refuseParameters(body: Buffer): void {
  let asked: unknown = {};
  try {
    if (body.length > 0) asked = JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw wrongRequest({ where: 'body', rule: 'it is empty, or an object in JSON', cause });
  }
  const parameters = isRecord(asked) ? (asked['parameters'] ?? {}) : asked;
  if (isRecord(parameters) && Object.keys(parameters).length === 0) return;
  throw wrongRequest({
    where: 'parameters',
    rule: 'a model is opened again from where it was, as it was',
    received: isRecord(parameters) ? Object.keys(parameters).join(', ').slice(0, 100) : 'something else',
    remedy: 'Leave them out',
  });
}

function explain(error: unknown, name: string, version: string): unknown {
  if (!EarlyExitError.is(error)) return error;
  return new Refusal(409, 'failed', {
    where: `model ${name}, version ${version}`,
    rule: 'it could not be opened again; the one before goes on answering',
    received: error.message.slice(0, 400),
    cause: error,
  });
}
