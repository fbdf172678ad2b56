import type { ExitMetadata } from '@earlyexit/branch-head';

/** Exits of invented costs, the final one last. */
export function exitsOf(...names: readonly string[]): ExitMetadata[] {
  return names.map((name, index) => ({
    name,
    attachedAfter: index === names.length - 1 ? null : `layer${String(index)}`,
    head: index === names.length - 1 ? null : 'pooled',
    macs: 1000 * (index + 1),
    backboneMacs: 900 * (index + 1),
    headMacs: 100,
  }));
}
