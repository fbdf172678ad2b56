import type { WorkOptions } from '@earlyexit/core';

/** How an engine is installed. */
export interface InstallOptions extends WorkOptions {
  /** Where engines are kept; `enginesFolder()` of `@earlyexit/backend` unless given. */
  readonly folder?: string | undefined;
}
