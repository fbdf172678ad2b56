import type { CachedLogits, ExitCosts } from '@earlyexit/exit-criteria';

/** What the file beside kept logits says; `scripts/keep-logits.mjs` writes it. */
export interface KeptFacts {
  readonly name: string;
  readonly title: string;
  readonly samples: number;
  readonly classes: number;
  /** A logit is kept as a whole number of steps; so many are 1. */
  readonly steps: number;
  /** The names of the exits, the final one last. */
  readonly exits: readonly string[];
  readonly costs: ExitCosts;
  readonly criterion: string;
  readonly temperatures: readonly number[];
  /** One an early exit; null is "never". */
  readonly thresholds: readonly (number | 'always' | null)[];
  /** What made the file. */
  readonly command: string;
}

/** A network whose answers are known: everything else follows without running it. */
export interface KeptNetwork extends Omit<KeptFacts, 'samples' | 'steps'> {
  /** Samples that thresholds are chosen on. */
  readonly calibration: CachedLogits;
  /** Samples that show what thresholds do. */
  readonly test: CachedLogits;
}
