import type { FastifyRequest } from 'fastify';
import type { ServerMetrics } from './metrics';
import type { HostedModel } from './models/host-model';
import type { ModelTable } from './models/model-table';
import type { CheckedOptions } from './server-options';

/** What the routes of a server share. */
export interface Serving {
  readonly table: ModelTable;
  readonly metrics: ServerMetrics;
  readonly options: CheckedOptions;
  /** Whether the server takes no more requests. */
  isDraining: boolean;
  /** How many requests have come, refused ones too. */
  requests: number;
}

/** What is known of a request besides what Fastify knows. */
export interface RequestState {
  readonly startedAt: number;
  /** Whether the client has closed the connection. */
  isGone: boolean;
  /** Called when it does. */
  onGone?: () => void;
  /** Gives back the room that is kept for its body. */
  dropBody?: () => void;
  /** When it has to be answered, in milliseconds of `performance.now()`, once that is known. */
  deadline?: number;
  model?: HostedModel;
  images?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState;
  }
}

/** The body as it was sent; nothing where there is none. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
}

/** Until when a request has to be answered, in milliseconds of `performance.now()`; its state then knows it too. */
export function deadlineOf(
  { state }: FastifyRequest,
  microseconds: number | undefined,
  timeoutMs: number,
): number {
  return (state.deadline = state.startedAt + (microseconds === undefined ? timeoutMs : microseconds / 1000));
}
