import { calibrationErrorOf, reliabilityBins } from '@earlyexit/calibration';
import {
  type CachedLogits,
  type ExitCosts,
  type ExitCriterion,
  getCriterion,
  thresholdToJson,
  rankOf,
} from '@earlyexit/exit-criteria';
import type { Answers } from '@earlyexit/inference';
import type { SampleSource } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import { type DecidedSession, isStaged } from '../session/session-policy';
import { correctOf, evaluatePolicy } from './evaluate-policy';
import type { EvaluationDocument } from './evaluation-document';
import { evaluationIntervals } from './evaluation-intervals';

// Enough for every thread to have work, few enough that the images of a chunk take little memory.
const CHUNK = 512;
const TOP = 5;

/** The network's answers for every image of a split. */
interface SessionAnswers {
  /** Under the policy. */
  readonly own: Answers;
  /** The logits of every exit, from passes that send all samples to it; null if they are not available. */
  readonly forced: CachedLogits | null;
}

/** Options of `evaluateSession`. */
export interface SessionEvaluationOptions extends WorkOptions {
  readonly dataset: string;
  /** `test` unless given. */
  readonly split?: string | undefined;
  /** The engine that computes: `onnxruntime`. */
  readonly engine: string;
  /** The most images that are computed together; the session's own choice unless given. */
  readonly batchSize?: number | undefined;
}

/**
 * Evaluates an exported network by running it: once as it decides, and once per exit with thresholds that send every
 * sample there, to find what all samples would get there. The latter is not known if thresholds are built in, or if the
 * criterion mixes the exits' answers in a way that cannot be undone.
 */
export async function evaluateSession(
  decided: DecidedSession,
  samples: SampleSource,
  options: SessionEvaluationOptions,
): Promise<EvaluationDocument> {
  const { session, policy } = decided;
  const { exits, name } = session.metadata;
  const { own, forced } = await runSplit(decided, samples, options);
  const costs: ExitCosts = {
    exitMacs: exits.map(({ macs }) => macs),
    staticMacs: session.file.network.staticMacs,
  };
  const exitNames = exits.map((exit) => exit.name);
  const { dataset, engine, split = 'test' } = options;
  const source = { model: name, dataset, split, engine };
  const document: EvaluationDocument =
    forced === null
      ? withoutForced(decided, source, own.count, costs)
      : evaluatePolicy(forced, policy, costs, { ...source, exitNames });
  return {
    ...document,
    ...countAnswers(own, samples.labels, costs, {
      document,
      classes: session.metadata.classes.length,
      forced,
    }),
  };
}

/**
 * What every exit of an exported network says of every sample.
 *
 * @returns null where thresholds are built in, or exits answer with more than their own logits
 */
export async function sessionLogits(
  decided: DecidedSession,
  samples: SampleSource,
  options: Omit<SessionEvaluationOptions, 'dataset' | 'split' | 'engine'>,
): Promise<CachedLogits | null> {
  return (await runSplit(decided, samples, options)).forced;
}

async function runSplit(
  { session, options, isFixed, policy }: DecidedSession,
  samples: SampleSource,
  { batchSize, signal, onProgress }: Pick<SessionEvaluationOptions, 'batchSize' | 'signal' | 'onProgress'>,
): Promise<SessionAnswers> {
  const classes = session.metadata.classes.length;
  const exits = session.metadata.exits.length;
  const { size, labels } = samples;
  const own: Answers = {
    count: size,
    classes: new Int32Array(size),
    exits: new Int32Array(size),
    scores: new Float64Array(size),
    probabilities: new Float64Array(size),
    logits: new Float32Array(size * classes),
    macs: new Float64Array(size),
  };
  // Stages give each exit's own logits.
  const answersWith = isStaged(session) ? 'logits' : getCriterion(policy.criterion).answersWith;
  const toLogits = isFixed ? null : LOGITS_OF[answersWith];
  const forced = Array.from(
    { length: exits },
    () => new Float32Array(toLogits === null ? 0 : size * classes),
  );
  for (let start = 0; start < size; start += CHUNK) {
    signal?.throwIfAborted();
    onProgress?.({ what: 'running images', done: start, total: size, unit: 'samples' });
    const count = Math.min(CHUNK, size - start);
    const data = await samples.load(Int32Array.from({ length: count }, (_, row) => start + row));
    const images = { data, count };
    const common = {
      ...(signal === undefined ? {} : { signal }),
      ...(batchSize === undefined ? {} : { batchSize }),
    };
    const answers = await session.run(images, { ...options, ...common });
    own.classes.set(answers.classes, start);
    own.exits.set(answers.exits, start);
    own.scores.set(answers.scores, start);
    own.probabilities.set(answers.probabilities, start);
    own.logits.set(answers.logits, start * classes);
    own.macs.set(answers.macs, start);
    if (toLogits === null) continue;
    for (const [exit, logits] of forced.entries()) {
      const thresholds = Array.from({ length: exits - 1 }, (_, early) =>
        early === exit ? ('always' as const) : ('never' as const),
      );
      const { logits: all } = await session.run(images, { ...options, thresholds, ...common });
      logits.set(all, start * classes);
    }
  }
  if (toLogits === null) return { own, forced: null };
  return { own, forced: { exits: toLogits(forced, policy.temperatures), samples: size, classes, labels } };
}

/**
 * From what each exit answers with to each exit's own logits, up to a constant per sample; null if they cannot be
 * recovered.
 */
const LOGITS_OF: Readonly<
  Record<
    ExitCriterion['answersWith'],
    ((answers: readonly Float32Array[], temperatures: readonly number[]) => readonly Float32Array[]) | null
  >
> = {
  logits: (answers) => answers,
  // From the differences of neighbouring sums. The final exit answers for itself.
  'mean-log-probabilities': (means, temperatures) =>
    means.map((mean, exit) => {
      if (exit === means.length - 1) return mean;
      const before = means[exit - 1];
      const temperature = temperatures[exit] ?? 1;
      return mean.map((value, i) => temperature * ((exit + 1) * value - exit * (before?.[i] ?? 0)));
    }),
  'log-probabilities': null,
};

/** What is known without the logits of every exit, with all counts still missing. */
function withoutForced(
  { policy, session }: DecidedSession,
  source: {
    readonly model: string;
    readonly dataset: string;
    readonly split: string;
    readonly engine: string;
  },
  samples: number,
  { staticMacs }: ExitCosts,
): EvaluationDocument {
  return {
    ...source,
    samples,
    criterion: policy.criterion,
    thresholds: policy.thresholds.map(thresholdToJson),
    temperatures: policy.temperatures,
    exits: session.metadata.exits.map(({ name, macs }) => ({
      name,
      taken: 0,
      share: 0,
      top1: null,
      top5: null,
      top1All: null,
      top5All: null,
      macs,
    })),
    top1: null,
    top5: null,
    static: { top1: null, top5: null, macs: staticMacs },
    averageMacs: null,
    macsRatio: null,
    expectedCalibrationError: null,
    oracle: null,
  };
}

/** Counts the network's own answers. */
function countAnswers(
  { count, classes, exits, logits, macs, probabilities }: Answers,
  labels: Int32Array,
  costs: ExitCosts,
  rest: {
    readonly document: EvaluationDocument;
    readonly classes: number;
    readonly forced: CachedLogits | null;
  },
): Partial<EvaluationDocument> {
  const { document, classes: classCount, forced } = rest;
  const correct = Uint8Array.from(classes, (answer, row) => (answer === labels[row] ? 1 : 0));
  const among5 = Uint8Array.from(classes, (_, row) =>
    rankOf(logits, row * classCount, classCount, labels[row] ?? 0) < TOP ? 1 : 0,
  );
  const tally = (values: Uint8Array, exit: number | null): { right: number; taken: number } => {
    let right = 0;
    let taken = 0;
    values.forEach((value, row) => {
      if (exit !== null && exits[row] !== exit) return;
      right += value;
      taken++;
    });
    return { right, taken };
  };
  const ratio = (values: Uint8Array, exit: number | null): number | null => {
    const { right, taken } = tally(values, exit);
    return taken === 0 ? null : right / taken;
  };
  const hasTop5 = classCount >= TOP;
  const averageMacs = count === 0 ? null : macs.reduce((total, value) => total + value, 0) / count;
  const error = calibrationErrorOf(reliabilityBins({ confidences: probabilities, correct }));
  const evaluated = document.exits.map((exit, index) => {
    const { taken } = tally(correct, index);
    return {
      ...exit,
      taken,
      share: count === 0 ? 0 : taken / count,
      top1: ratio(correct, index),
      top5: hasTop5 ? ratio(among5, index) : null,
    };
  });
  return {
    exits: evaluated,
    top1: ratio(correct, null),
    top5: hasTop5 ? ratio(among5, null) : null,
    averageMacs,
    macsRatio: averageMacs === null ? null : costs.staticMacs / averageMacs,
    expectedCalibrationError: Number.isNaN(error) ? null : error,
    intervals: evaluationIntervals({
      ...{ exits: evaluated, costs, correct },
      finalCorrect: forced === null ? null : correctOf(forced),
      confidences: { confidences: probabilities, correct },
    }),
  };
}
