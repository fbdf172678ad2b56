import { EarlyExitError } from './earlyexit-error';

/** A wrong use: an argument that could never be right. */
export class ArgumentError extends EarlyExitError {
  override readonly name = 'ArgumentError';
  readonly kind = 'argument';
}
