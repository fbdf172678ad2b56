import type { StepMetrics } from '../training/training-event';

/** Means over some steps in a row, each sample counted the same. */
export interface WindowMeans {
  /** Null if no sample counted. */
  readonly loss: number | null;
  /** One entry per exit; null for one that no step computed. */
  readonly losses: readonly (number | null)[];
  /** As `losses`. */
  readonly accuracy: readonly (number | null)[];
  readonly imagesPerSecond: number;
  readonly waitShare: number;
}

/** Gathers steps until their means are asked for. */
export interface StepWindow {
  readonly steps: number;
  add(step: StepMetrics): void;
  /** The means of the steps since the last call; null if there was none. */
  take(): WindowMeans | null;
}

/** A window of steps of a network with so many exits. */
export function createStepWindow(exits: number): StepWindow {
  let gathered: StepMetrics[] = [];
  const sum = (value: (step: StepMetrics) => number): number =>
    gathered.reduce((total, step) => total + value(step), 0);
  const mean = (value: (step: StepMetrics) => number | null): number | null => {
    const samples = sum((step) => (value(step) === null ? 0 : step.counted));
    return samples === 0 ? null : sum((step) => (value(step) ?? 0) * step.counted) / samples;
  };
  const each = (value: (step: StepMetrics, exit: number) => number | null): (number | null)[] =>
    Array.from({ length: exits }, (_, exit) => mean((step) => value(step, exit)));
  return {
    get steps() {
      return gathered.length;
    },
    add(step) {
      gathered.push(step);
    },
    take() {
      if (gathered.length === 0) return null;
      const seconds = sum((step) => step.seconds);
      const means = {
        loss: mean((step) => step.loss),
        losses: each((step, exit) => step.losses[exit] ?? null),
        accuracy: each((step, exit) => step.accuracy[exit] ?? null),
        imagesPerSecond: seconds > 0 ? sum((step) => step.samples) / seconds : 0,
        waitShare: seconds > 0 ? Math.min(1, sum((step) => step.waitSeconds) / seconds) : 0,
      };
      gathered = [];
      return means;
    },
  };
}
