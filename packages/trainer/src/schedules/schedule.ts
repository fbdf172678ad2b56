/**
 * The learning rate at `step` (from 0) of `totalSteps`: a pure function, so that a resumed run needs no state for it.
 *
 * Where a regime trains in several phases, each phase counts its own steps.
 */
export interface Schedule {
  (step: number, totalSteps: number): number;
  /** The settings, for the record of a run: plain JSON. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Gives a function its settings. */
export function describeSchedule(
  schedule: (step: number, totalSteps: number) => number,
  settings: Readonly<Record<string, unknown>>,
): Schedule {
  return Object.assign(schedule, { settings });
}
