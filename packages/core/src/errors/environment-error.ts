import { EarlyExitError } from './earlyexit-error';

/** The machine cannot do it: a missing engine, a full disk, no network. */
export class EnvironmentError extends EarlyExitError {
  override readonly name = 'EnvironmentError';
  readonly kind = 'environment';
}
