import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { ExitCosts } from '@earlyexit/exit-criteria';

/** What leaving at each exit costs, from a network's metadata. */
export function costsOf({ exits, staticMacs }: Pick<MultiExitMetadata, 'exits' | 'staticMacs'>): ExitCosts {
  return { exitMacs: exits.map(({ macs }) => macs), staticMacs };
}
