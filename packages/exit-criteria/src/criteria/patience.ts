import { argmaxRows } from '../argmax';
import { defineCriterion, largestTwo } from './define-criterion';

/**
 * How many exits in a row, this one included, gave the same class; leaves when score ≥ threshold (PABEE, NeurIPS 2020).
 * Logits with a NaN among them score NaN and end the streak.
 */
export const patience = defineCriterion({
  name: 'patience',
  description: 'How many exits in a row gave the same class (PABEE)',
  rule: 'score >= threshold',
  scale: { kind: 'count' },
  usesTemperature: false,
  evaluate: ({ logits, classes }, previous) => {
    const answers = argmaxRows(logits, classes);
    const lastClass = previous?.rows['class']?.data;
    const lastStreak = previous?.rows['streak']?.data;
    const streak = new Float64Array(answers.length);
    const scores = new Float64Array(answers.length);
    answers.forEach((answer, row) => {
      const unknown = Number.isNaN(largestTwo(logits, row * classes, classes)[0]);
      if (!unknown) streak[row] = lastClass?.[row] === answer ? lastStreak![row]! + 1 : 1;
      scores[row] = unknown ? NaN : streak[row]!;
    });
    // A later exit must not continue a streak from the class that the argmax of a NaN row happens to name.
    const classColumn = Float64Array.from(answers, (answer, row) => (streak[row] === 0 ? -1 : answer));
    return {
      scores,
      runnerUps: null,
      classes: answers,
      ranking: logits,
      state: { rows: { class: { data: classColumn, width: 1 }, streak: { data: streak, width: 1 } } },
    };
  },
});
