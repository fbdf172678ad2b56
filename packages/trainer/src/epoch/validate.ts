import { setImmediate as nextTurn } from 'node:timers/promises';
import { computeLogits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import {
  costsOf,
  type ExitPolicy,
  logSoftmax,
  shareOfRightAnswers,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import type { ValidationMetrics } from './epoch-metrics';

/** What validation looks at. */
export interface ValidationOptions {
  readonly batchSize: number;
  /** K+1 loss weights. */
  readonly lossWeights: readonly number[];
  readonly policy: ExitPolicy | null;
  readonly signal: AbortSignal | undefined;
}

/** Runs the validation split through every exit. */
export async function validate(
  model: MultiExitModel,
  source: SampleSource,
  options: ValidationOptions,
): Promise<ValidationMetrics> {
  const { batchSize, lossWeights, policy, signal } = options;
  const cached = await computeLogits(
    model,
    listening(source),
    signal === undefined ? { batchSize } : { batchSize, signal },
  );
  const losses = cached.exits.map((logits) => meanCrossEntropy(logits, source.labels, cached.classes));
  const accuracy = cached.exits.map((logits) => shareOfRightAnswers(logits, source.labels, cached.classes));
  const names = model.metadata.exits.map((exit) => exit.name);
  const summary = policy === null ? null : summarizeExits(cached, policy, costsOf(model.metadata), names);
  return {
    loss: weighted(losses, lossWeights),
    losses,
    accuracy,
    summary,
    score:
      summary?.top1 ??
      weighted(accuracy, lossWeights) /
        weighted(
          accuracy.map(() => 1),
          lossWeights,
        ),
  };
}

/** The same source, with a turn of the event loop before each batch: otherwise no signal would be heard in between. */
function listening(source: SampleSource): SampleSource {
  const load: SampleSource['load'] = async (rows, options) => {
    await nextTurn();
    return source.load(rows, options);
  };
  return { size: source.size, labels: source.labels, imageShape: source.imageShape, load };
}

/** Mean of −log softmax(z)[label], in float64. */
export function meanCrossEntropy(logits: Float32Array, labels: Int32Array, classes: number): number {
  const logProbabilities = logSoftmax(logits, classes);
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) sum -= logProbabilities[row * classes + labels[row]!]!;
  return sum / labels.length;
}

function weighted(values: readonly number[], weights: readonly number[]): number {
  return values.reduce((sum, value, index) => sum + value * weights[index]!, 0);
}
