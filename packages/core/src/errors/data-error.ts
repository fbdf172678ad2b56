import { EarlyExitError } from './earlyexit-error';

/** Data that is damaged, missing, or not what it claims to be. */
export class DataError extends EarlyExitError {
  override readonly name = 'DataError';
  readonly kind = 'data';
}
