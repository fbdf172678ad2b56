import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Reproduction } from '@earlyexit/reproduce';

const folder = fileURLToPath(new URL('../../../results/', import.meta.url));

/** A system that was trained and measured. */
export interface MeasuredSystem {
  readonly recipe: string;
  readonly system: string;
  readonly regime: string;
  readonly top1: number;
  /** Of the final exit alone. */
  readonly staticTop1: number;
  readonly macsRatio: number;
}

/** Every recipe that has been carried out in its full form, in alphabetical order. */
export function readReproductions(): readonly Reproduction[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(folder + name, 'utf8')) as Reproduction)
    .filter(({ form }) => form === 'full');
}

/** Their systems, as far as labels say what is right. */
export function measuredSystems(): readonly MeasuredSystem[] {
  return readReproductions().flatMap(({ name, systems }) =>
    systems.flatMap(({ name: system, training, test }) => {
      const { top1, macsRatio } = test;
      const { top1: staticTop1 } = test.static;
      if (top1 === null || staticTop1 === null || macsRatio === null) return [];
      return [{ recipe: name, system, regime: training.regime ?? 'joint', top1, staticTop1, macsRatio }];
    }),
  );
}
