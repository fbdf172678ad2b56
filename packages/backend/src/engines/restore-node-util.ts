import { createRequire } from 'node:module';

/**
 * Restores the one function of Node's `util` that tfjs-node 4.22 still calls and Node 23 removed, so that the same
 * compiled binding runs on Node 20, 22 and 24. Does nothing if the function still exists.
 */
export function restoreNodeUtil(): void {
  const util = createRequire(import.meta.url)('node:util') as {
    isNullOrUndefined?: (value: unknown) => boolean;
  };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
}
