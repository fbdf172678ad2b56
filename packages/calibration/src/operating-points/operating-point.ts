import type { ExitCosts, Simulation } from '@earlyexit/exit-criteria';

/** An accuracy (a fraction from 0 to 1) and its cost, in multiply-accumulates per sample on average. */
export interface OperatingPoint {
  readonly top1: number;
  readonly averageMacs: number;
}

/**
 * The operating point of a simulation.
 *
 * @param labels `[samples]`, the true classes.
 */
export function operatingPointOf(
  { exitIndex, classes }: Pick<Simulation, 'exitIndex' | 'classes'>,
  labels: Int32Array,
  { exitMacs }: Pick<ExitCosts, 'exitMacs'>,
): OperatingPoint {
  let right = 0;
  let macs = 0;
  classes.forEach((answer, row) => {
    right += answer === labels[row] ? 1 : 0;
    macs += exitMacs[exitIndex[row]!]!;
  });
  return { top1: right / labels.length, averageMacs: macs / labels.length };
}
