import {
  argmaxRows,
  getCriterion,
  selectRows,
  softmax,
  type CriterionState,
  type ExitPolicy,
} from '@earlyexit/exit-criteria';
import type { PreparedBatch } from './batched-session';
import type { Answers } from './session';
import type { StageRunner } from './stage-runner';

/**
 * Runs one batch stage by stage and writes each answer to its place. After each exit the batch shrinks to the samples
 * that go on; when none do, the later stages are not computed.
 *
 * @param exitMacs `[K + 1]`, the cumulative cost of leaving at each exit.
 * @throws The signal's reason, between two stages.
 */
export async function routeBatch<Features>(
  runner: StageRunner<Features>,
  batch: PreparedBatch,
  policy: ExitPolicy,
  exitMacs: readonly number[],
  answers: Answers,
  signal?: AbortSignal,
): Promise<void> {
  const { classes, stageCount } = runner;
  const criterion = getCriterion(policy.criterion);
  let places = Int32Array.from({ length: batch.rows }, (_, row) => batch.offset + row);
  let state: CriterionState | null = null;
  // Null while a call owns the features, because the owner frees them.
  let features: Features | null = await runner.load(batch.images, batch.rows);
  try {
    for (let exit = 0; exit < stageCount; exit++) {
      signal?.throwIfAborted();
      const given: Features = features;
      features = null;
      const result = await runner.run(exit, given);
      features = result.features;
      const temperature = policy.temperatures?.[exit] ?? 1;
      const evaluation = criterion.evaluate({ logits: result.logits, classes, temperature }, state);
      const isFinal = exit === stageCount - 1;
      // Under every criterion the final exit answers for itself.
      const answerClasses = isFinal ? argmaxRows(result.logits, classes) : evaluation.classes;
      const staying: number[] = [];
      for (let row = 0; row < places.length; row++) {
        if (!isFinal && !criterion.leaves(evaluation, row, policy.thresholds[exit]!)) {
          staying.push(row);
          continue;
        }
        const place = places[row]!;
        const logits = result.logits.subarray(row * classes, (row + 1) * classes);
        const answer = answerClasses[row]!;
        answers.classes[place] = answer;
        answers.exits[place] = exit;
        answers.scores[place] = evaluation.scores[row]!;
        answers.probabilities[place] = softmax(logits, classes, temperature)[answer]!;
        answers.logits.set(logits, place * classes);
        answers.macs[place] = exitMacs[exit]!;
      }
      if (staying.length === 0) return;
      state = evaluation.state;
      if (staying.length === places.length) continue;
      const rows = Int32Array.from(staying);
      places = rows.map((row) => places[row]!);
      state = selectRows(state, rows);
      const whole: Features = features;
      features = null;
      features = await runner.select(whole, rows);
    }
  } finally {
    if (features !== null) runner.release(features);
  }
}
