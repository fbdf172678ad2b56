import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal';
import { bodyTooLarge } from './read-body';

/** What a request that is not answered becomes. */
export function toRefusal(error: unknown, maxBodyBytes: number): Refusal {
  if (error instanceof Refusal) return error;
  const { code, statusCode, message } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return bodyTooLarge(maxBodyBytes, 'more');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Refusal(statusCode, statusCode === 413 ? 'too-large' : 'wrong', {
      where: 'request',
      rule: (message ?? 'it cannot be read').replace(/\.$/, '').slice(0, 300),
    });
  }
  return new Refusal(500, 'failed', {
    where: 'server',
    rule: 'it failed, and the fault is its own',
    remedy: 'Its log says more',
    cause: error,
  });
}

/** Sends what says why. */
export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.retryAfterSeconds !== null) reply.header('retry-after', String(refusal.retryAfterSeconds));
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  return reply
    .code(refusal.status)
    .type('application/json')
    .send(JSON.stringify({ error: refusal.message }));
}

/** For an address that is none. */
export function unknownAddress(request: FastifyRequest, addresses: readonly string[]): Refusal {
  return new Refusal(404, 'unknown', {
    where: 'address',
    rule: `it is one of ${addresses.join(', ')}`,
    received: `${request.method} ${request.url.slice(0, 200)}`,
  });
}

/** What Node says of what is no HTTP, in words: answered on the connection itself, which is then closed. */
export function rawRefusal(code: string | undefined): string {
  const [status, text] =
    code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'headers: they have at most 16384 bytes. Send fewer.']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'request: it is sent within 30 seconds. Send it faster, or in parts.']
        : ['400 Bad Request', 'request: it is HTTP/1.1. Received: something else, or a part of it.'];
  const body = JSON.stringify({ error: text });
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}
