import { computeLogits } from '@earlyexit/branch-head';
import { type Corruption, corruptImages } from '@earlyexit/datasets';
import { type CachedLogits, type ExitPolicy, simulate } from '@earlyexit/exit-criteria';
import { preprocess } from '@earlyexit/inference';
import { count, percent, shortMacs } from '../terminal/format';
import type { Output } from '../terminal/output';
import { formatTable } from '../terminal/table';
import { aboutTest } from './about-test';
import { showCorruption } from './corruptions';
import { evaluatePolicy } from './evaluation';
import type { EvaluationDocument } from './evaluation-document';
import {
  describeWatched,
  FALSE_ALARM_RATE,
  referenceAnswers,
  type WatchedStream,
  watchStream,
} from './watch-stream';
import type { Workbench } from './workbench';

/** What becomes of a policy on spoilt test images, and whether the monitor of shift notices. */
export type CorruptedEvaluation = EvaluationDocument & {
  readonly corruption: Corruption;
  readonly shift: WatchedStream;
};

/** Evaluates a policy on the test images as they are, and spoilt in each of several ways. */
export async function evaluateCorrupted(
  bench: Workbench,
  policy: ExitPolicy,
  corruptions: readonly Corruption[],
  options: { readonly batchSize?: number | undefined; readonly output: Output; readonly signal: AbortSignal },
): Promise<{
  readonly clean: EvaluationDocument & { readonly shift: WatchedStream };
  readonly corrupted: readonly CorruptedEvaluation[];
}> {
  const reference = referenceAnswers(await bench.logits('calibration'), policy, '--corrupt');
  const { exits, classes } = bench.model.metadata;
  const evaluate = (cached: CachedLogits): EvaluationDocument & { readonly shift: WatchedStream } => ({
    ...evaluatePolicy(cached, policy, bench.costs, aboutTest(bench)),
    shift: watchStream(reference, simulate(cached, policy), {
      exits: exits.length,
      classes: classes.length,
      seed: bench.data.seed,
    }),
  });
  const clean = evaluate(await bench.logits('test'));
  const corrupted: CorruptedEvaluation[] = [];
  for (const corruption of corruptions) {
    corrupted.push({ ...evaluate(await corruptedLogits(bench, corruption, options)), corruption });
  }
  return { clean, corrupted };
}

/** The same as a table. */
export function describeCorrupted(
  clean: EvaluationDocument & { readonly shift: WatchedStream },
  corrupted: readonly CorruptedEvaluation[],
  output: Output,
): string[] {
  const row = (name: string, each: typeof clean): string[] => [
    name,
    percent(each.top1),
    percent(each.static.top1),
    shortMacs(each.averageMacs),
    percent(1 - (each.exits.at(-1)?.share ?? 1), 1),
    percent(each.expectedCalibrationError),
    describeWatched(each.shift),
    each.shift.signal ?? '–',
  ];
  return [
    ...formatTable(
      [
        { title: 'test images' },
        { title: 'right', align: 'right' },
        { title: 'without exits', align: 'right' },
        { title: 'MACs', align: 'right' },
        { title: 'leave early', align: 'right' },
        { title: 'calibration error', align: 'right' },
        { title: 'shift seen', align: 'right' },
        { title: 'in' },
      ],
      [row('as they are', clean), ...corrupted.map((each) => row(showCorruption(each.corruption), each))],
      output.colors,
    ),
    '',
    `shift seen: after how many of ${count(clean.samples)} images in random order the monitor says that they are not like the calibration images (median of ${String(clean.shift.orders)} orders; false alarms: at most ${String(FALSE_ALARM_RATE * 100)} % of streams). From then on nothing holds that was promised on the calibration images.`,
  ];
}

async function corruptedLogits(
  { model, source, splits, data }: Workbench,
  corruption: Corruption,
  options: { readonly batchSize?: number | undefined; readonly output: Output; readonly signal: AbortSignal },
): Promise<CachedLogits> {
  const { batchSize, output, signal } = options;
  const { test } = splits;
  const preprocessing = model.metadata.preprocessing ?? {
    inputShape: test.imageShape,
    mean: source.mean,
    standardDeviation: source.standardDeviation,
  };
  const line = output.progress(`running ${count(test.size)} test images with ${showCorruption(corruption)}`);
  try {
    return await computeLogits(
      model,
      {
        size: test.size,
        labels: test.labels,
        imageShape: test.imageShape,
        async load(rows) {
          const spoilt = corruptImages(await test.bytes(rows), test.imageShape, corruption, {
            rows,
            seed: data.seed,
          });
          return preprocess(spoilt, preprocessing);
        },
      },
      {
        ...(batchSize === undefined ? {} : { batchSize }),
        signal,
        onProgress: (done, total) => {
          line.update(done, total);
        },
      },
    );
  } finally {
    line.done();
  }
}
