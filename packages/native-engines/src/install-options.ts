import type { WorkOptions } from '@earlyexit/core';

/** How an engine is installed. */
export interface InstallOptions extends WorkOptions {
  /** Where engines are kept. Default: the user's cache folder, or `EARLYEXIT_ENGINES`. */
  readonly folder?: string | undefined;
}
