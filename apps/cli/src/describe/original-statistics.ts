import type { EvaluationDocument } from '@earlyexit/evaluation';

/**
 * The lines that the original early-exit example (IntelLabs' Distiller) prints after a test run, exits counted from 0,
 * accuracies in percent; exits that nobody took have none.
 */
export function originalStatistics({ exits, top1, top5 }: EvaluationDocument): string[] {
  const percent = (value: number | null): string => (value === null ? 'n/a' : (value * 100).toFixed(3));
  const taken = exits.map((exit, index) => ({ ...exit, index })).filter((exit) => exit.taken > 0);
  return [
    ...taken.map((exit) => `Exit ${String(exit.index)}: ${String(exit.taken)}`),
    ...taken.map((exit) => `Percent Early Exit ${String(exit.index)}: ${percent(exit.share)}`),
    ...taken.map(
      (exit) =>
        `Accuracy Stats for exit ${String(exit.index)}: top1 = ${percent(exit.top1)}, top5 = ${percent(exit.top5)}`,
    ),
    `Totals for entire network with early exits: top1 = ${percent(top1)}, top5 = ${percent(top5)}`,
  ];
}
