import { EarlyExitError, errorMessage, type ErrorInput } from '@earlyexit/core';

/** Why a request was refused, as the metric `earlyexit_refused_total` counts it. */
export type RefusalReason =
  /** The request is wrong; again it would be wrong again. */
  | 'wrong'
  /** No such model, version or address. */
  | 'unknown'
  /** Larger than the server takes. */
  | 'too-large'
  /** Without the token. */
  | 'unauthorized'
  /** As many images as may wait are waiting, or bodies fill the memory set aside for them. */
  | 'full'
  /** It could not be answered in the time that it allows. */
  | 'deadline'
  /** The server is about to stop. */
  | 'draining'
  /** The client has closed the connection. */
  | 'gone'
  /** The fault is the server's. */
  | 'failed';

/** A request that is not answered: the status, and what was given, the rule and the way out. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly reason: RefusalReason;
  /** After how many seconds it is worth to try again; null where it is not. */
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    reason: RefusalReason,
    parts: ErrorInput,
    retryAfterSeconds: number | null = null,
  ) {
    // Nobody reads the stack of a refusal, and collecting it is a third of what one costs.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(errorMessage(parts), { cause: parts.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A request that is wrong in itself: status 400. */
export function wrongRequest(parts: ErrorInput): Refusal {
  return new Refusal(400, 'wrong', parts);
}

/** More images than may wait at once could never be answered. */
export function tooManyImages(images: number, most: number): Refusal {
  return new Refusal(413, 'too-large', {
    where: 'images',
    rule: `a request holds no more images than may wait, ${most}`,
    received: `${images} images`,
    remedy: 'Send them in several requests',
  });
}

/** Images that the network, or the options of a request that it, cannot take: an error of a library as the caller's. */
export function refusalOf(error: unknown, where: string): unknown {
  if (!EarlyExitError.is(error) || error.kind === 'environment') return error;
  const { rule, received, remedy } = error.partsAs((argument) =>
    argument.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  return new Refusal(400, 'wrong', { where, rule, received, remedy, cause: error });
}
