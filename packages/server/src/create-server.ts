import { setTimeout as pause } from 'node:timers/promises';
import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify';
import { checkBatchLimits } from './batching/batch-limits';
import { rawRefusal, sendRefusal, toRefusal, unknownAddress } from './http/answer-error';
import { tokenGuard } from './http/bearer-token';
import { countInFlight, type InFlight } from './http/in-flight';
import { paceRefusals, type RefusalPace } from './http/pace-refusals';
import { Refusal } from './http/refusal';
import { createMetrics } from './metrics';
import { type HostedModel, hostModel } from './models/host-model';
import { createModelTable } from './models/model-table';
import { listServed, type ServedModel, type ServedModels } from './models/served-model';
import { addClassifyRoute, warmDecoder } from './routes/classify';
import { addHealthRoutes } from './routes/health';
import { addInferRoutes } from './routes/infer';
import { addModelRoutes } from './routes/models';
import { addRepositoryRoutes } from './routes/repository';
import { type ServerOptions, withDefaults } from './server-options';
import type { Serving } from './serving';

/** A server, ready to listen. */
export interface InferenceServer {
  /** What answers; its `inject` answers without a socket. */
  readonly app: FastifyInstance;
  /**
   * Begins to listen.
   *
   * @param address port 8000 of this machine alone unless given; port 0 is one that is free
   * @returns the address: `http://127.0.0.1:8000`
   * @throws ArgumentError for a port that is none; EnvironmentError if it cannot listen there
   */
  listen(address?: { readonly port?: number; readonly host?: string }): Promise<string>;
  /**
   * Puts a model in the place of the one of its name and version, or beside the others. Requests that have come are
   * answered by the one before, whose session is then disposed of; no request is lost.
   *
   * @returns when the one before has answered its last request
   * @throws ArgumentError if the model cannot be served; the one before then stays
   */
  replace(model: ServedModel): Promise<void>;
  /**
   * Stops: whatever came is answered, whatever comes is refused with 503; then connections are closed. Sessions are the
   * caller's to dispose of.
   *
   * @param timeoutMs after so many milliseconds what still waits is refused; 30,000 unless given
   */
  drain(timeoutMs?: number): Promise<void>;
  /** How many requests are being answered. */
  readonly inFlight: number;
}

/** Bytes of the headers of a request; Node closes the connection where there are more. */
const MAX_HEADER_BYTES = 16_384;
/** In how many milliseconds a request has to be sent, whatever its size. */
const SENT_WITHIN_MS = 30_000;

/** After so many milliseconds without a request nothing is left in the connections of a server that is told to stop. */
const QUIET_MS = 50;
/** The longest wait for that: clients that are refused and come again at once never leave it quiet. */
const LONGEST_UNQUIET_MS = 5000;

/**
 * A server that answers requests with early-exit networks: the Open Inference Protocol v2 over HTTP, with JSON and binary
 * tensors, `/classify` for an image as a file, and `/metrics` for Prometheus. Images of several requests are computed
 * together; what cannot be answered in time is refused before it is computed.
 *
 * @throws ArgumentError if options are out of bounds or do not fit a model, no model is given, or two have one name
 */
export async function createServer(
  models: ServedModels,
  options: ServerOptions = {},
): Promise<InferenceServer> {
  const limits = checkBatchLimits(options);
  const checked = withDefaults(options);
  const metrics = createMetrics(() => serving.table.all());
  const host = (model: ServedModel): Promise<HostedModel> =>
    hostModel(model, { limits, maxMacs: options.maxMacs, onRun: metrics.ran });
  const hosted: HostedModel[] = [];
  for (const model of listServed(models)) hosted.push(await host(model));
  const serving: Serving = {
    table: createModelTable(hosted),
    metrics,
    options: checked,
    isDraining: false,
    requests: 0,
  };
  const inFlight = countInFlight(checked.maxHeldBytes);
  const pace = paceRefusals();
  const app = createApp(checked);
  addHooks(app, serving, { inFlight, pace });
  addHealthRoutes(app, serving);
  addModelRoutes(app, serving);
  addInferRoutes(app, serving);
  addClassifyRoute(app, serving);
  const replace = async (model: ServedModel): Promise<void> => {
    const before = serving.table.set(await host(model));
    if (before === undefined || before.session === model.session) return;
    await before.batcher.idle();
    before.session.dispose();
  };
  addRepositoryRoutes(app, { table: serving.table, reload: options.reload, replace });
  await app.ready();
  return {
    app,
    replace,
    get inFlight() {
      return inFlight.count;
    },
    async listen({ port = 8000, host = '127.0.0.1' } = {}) {
      if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
        throw new ArgumentError({
          ...{ function: 'listen', argument: 'port' },
          rule: 'it is a whole number from 0 to 65535',
          received: String(port),
        });
      }
      try {
        const url = await app.listen({ port, host });
        void warmDecoder();
        return url;
      } catch (cause) {
        throw new EnvironmentError({
          where: 'listen',
          rule: 'the server can listen there',
          received: (cause as Error).message.startsWith('listen')
            ? (cause as Error).message.slice(7)
            : `${host}:${port}, ${(cause as Error).message}`,
          remedy: 'Choose another port, or 0 for one that is free',
          cause,
        });
      }
    },
    async drain(timeoutMs = 30_000) {
      serving.isDraining = true;
      pace.end();
      const timer = setTimeout(() => {
        for (const { batcher } of serving.table.all()) batcher.refuseAll(() => draining());
        // Who has not sent a request by now has had the time.
        setTimeout(() => {
          app.server.closeAllConnections();
        }, 1000).unref();
      }, timeoutMs);
      await inFlight.none();
      // What was sent before anybody could know lies in the connections still, and closing them would lose it.
      const latest = performance.now() + Math.min(timeoutMs, LONGEST_UNQUIET_MS);
      let seen;
      do {
        seen = serving.requests;
        await pause(QUIET_MS);
      } while (serving.requests !== seen && performance.now() < latest);
      clearTimeout(timer);
      await app.close();
    },
  };
}

function createApp({ maxBodyBytes, tls }: Pick<Serving['options'], 'maxBodyBytes' | 'tls'>): FastifyInstance {
  const limits = { maxHeaderSize: MAX_HEADER_BYTES };
  const options: FastifyServerOptions = {
    bodyLimit: maxBodyBytes,
    requestTimeout: SENT_WITHIN_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 300 },
    frameworkErrors(error, _, reply) {
      sendRefusal(reply, toRefusal(error, maxBodyBytes));
    },
    clientErrorHandler(error, socket) {
      if (socket.writable) socket.end(rawRefusal(error.code));
      else socket.destroy();
    },
  };
  const transport = tls === undefined ? { http: limits } : { https: { ...limits, ...tls } };
  const app = fastify({ ...options, ...transport } as FastifyServerOptions);
  // Whatever a body calls itself, the routes read it.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => {
    done(null, body);
  });
  return app;
}

/** What becomes of requests, before and after they are answered. */
interface Gate {
  readonly inFlight: InFlight;
  readonly pace: RefusalPace;
}

function addHooks(app: FastifyInstance, serving: Serving, { inFlight, pace }: Gate): void {
  const { metrics, options } = serving;
  const checkToken = tokenGuard(options.token);
  const refusals = new WeakMap<FastifyRequest, Refusal>();
  app.decorateRequest('state', null as never);

  app.addHook('onRequest', (request, reply, done) => {
    serving.requests++;
    request.state = { startedAt: performance.now(), isGone: false };
    const url = request.routeOptions.url ?? '';
    const isHealth = url.startsWith('/v2/health/');
    if (!isHealth) checkToken(request.headers.authorization);
    if (serving.isDraining && !isHealth && url !== '/metrics') throw draining();
    const { leave, dropBody } = inFlight.enter(bytesAnnounced(request, options.maxBodyBytes));
    request.state.dropBody = dropBody;
    reply.raw.once('close', () => {
      leave();
      if (reply.raw.writableFinished) return;
      request.state.isGone = true;
      request.state.onGone?.();
    });
    done();
  });

  app.addHook('onSend', (_, reply, payload, done) => {
    // Nobody is to send more on a connection that is about to be closed.
    if (serving.isDraining) reply.header('connection', 'close');
    done(null, payload);
  });

  app.addHook('onResponse', (request, reply, done) => {
    const refusal = refusals.get(request);
    const route = request.routeOptions.url ?? null;
    metrics.sent(route ?? 'none', reply.statusCode);
    if (refusal !== undefined) metrics.refused(refusal.reason);
    const { startedAt, model, images } = request.state;
    const cause = refusal?.reason === 'failed' ? refusal.cause : undefined;
    options.onLog?.({
      time: new Date().toISOString(),
      method: request.method,
      route,
      status: reply.statusCode,
      milliseconds: performance.now() - startedAt,
      model: model?.name,
      version: model?.version,
      images,
      reason: refusal?.reason,
      error: refusal?.message,
      stack: cause instanceof Error ? cause.stack : undefined,
    });
    done();
  });

  app.setErrorHandler(async (error, request, reply) => {
    const refusal = toRefusal(error, options.maxBodyBytes);
    refusals.set(request, refusal);
    if (refusal.reason === 'full' || refusal.reason === 'deadline') {
      // Whoever is told to come again holds no room meanwhile.
      request.state.dropBody?.();
      await pace.turn(request.state.deadline ?? Infinity);
    }
    return sendRefusal(reply, refusal);
  });

  app.setNotFoundHandler((request, reply) => {
    const refusal = unknownAddress(request, [
      'GET /v2',
      'GET /v2/health/ready',
      'GET /v2/models/NAME',
      'POST /v2/models/NAME/infer',
      'POST /classify',
      'GET /metrics',
    ]);
    refusals.set(request, refusal);
    return sendRefusal(reply, refusal);
  });
}

/** How many bytes a body may become: what it says, and the most where it does not, or is packed. */
function bytesAnnounced({ method, headers }: FastifyRequest, most: number): number {
  if (method === 'GET' || method === 'HEAD') return 0;
  const length = Number(headers['content-length'] ?? NaN);
  const isPacked = headers['content-encoding'] !== undefined;
  return Number.isFinite(length) && !isPacked ? Math.min(length, most) : most;
}

function draining(): Refusal {
  return new Refusal(
    503,
    'draining',
    {
      where: 'server',
      rule: 'it is about to stop, and takes no more requests',
      remedy: 'Ask another one, or try again when it is back',
    },
    1,
  );
}
