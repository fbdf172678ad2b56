import { type CachedLogits, type ExitPolicy, type Simulation, softmax } from '@earlyexit/exit-criteria';
import type { ReportData, ReportExample } from './report-data';

const EXAMPLES_PER_ROW = 12;

/** The images that a report shows: those that left first and last, and the mistakes. */
export function chooseExamples(
  test: CachedLogits,
  labels: ArrayLike<number>,
  policy: ExitPolicy,
  simulated: Simulation,
): ReportData['examples'] {
  const { exitIndex, classes: answers, scores } = simulated;
  const probabilities = test.exits.map((logits, exit) =>
    softmax(logits, test.classes, policy.temperatures?.[exit] ?? 1),
  );
  // Under some criteria the answer differs from the exit's own; the probability is that of the answer.
  const all = Array.from(exitIndex, (exit, row): ReportExample => {
    const answer = answers[row] ?? 0;
    return {
      row,
      label: labels[row] ?? 0,
      answer,
      exit,
      score: scores[row] ?? Number.NaN,
      probability: probabilities[exit]?.[row * test.classes + answer] ?? Number.NaN,
    };
  });
  const surestFirst = (a: ReportExample, b: ReportExample): number =>
    b.probability - a.probability || a.row - b.row;
  const firstExit = Math.min(...exitIndex);
  const lastExit = Math.max(...exitIndex);
  const left = all.filter(({ exit }) => exit === firstExit).sort(surestFirst);
  return {
    first: firstExit === lastExit ? [] : onePerClass(left).slice(0, EXAMPLES_PER_ROW),
    last: all
      .filter(({ exit }) => exit === lastExit)
      .sort((a, b) => surestFirst(b, a))
      .slice(0, EXAMPLES_PER_ROW),
    mistakes: all
      .filter(({ answer, label }) => answer !== label)
      .sort(surestFirst)
      .slice(0, EXAMPLES_PER_ROW),
  };
}

/** The first of each class, in the order of the classes. */
function onePerClass(examples: readonly ReportExample[]): ReportExample[] {
  const first = new Map<number, ReportExample>();
  for (const example of examples) if (!first.has(example.answer)) first.set(example.answer, example);
  return [...first.values()].sort((a, b) => a.answer - b.answer);
}
