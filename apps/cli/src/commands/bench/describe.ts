import type { InferenceDocument, InferenceRow, TrainingTiming } from '@earlyexit/benchmark';
import { energy, percent, plural } from '@earlyexit/core/format';
import type { Colors } from '../../terminal/colors';
import { formatTable } from '../../terminal/table';

/** What was timed of inference, for people. */
export function describeInference(
  { model, runtime, inputs, energy: measured, rows }: InferenceDocument,
  rounds: number,
  colors: Colors,
): string[] {
  return [
    `${model} on ${runtime}, ${inputs}, medians of ${plural(rounds, 'round')} in turn`,
    '',
    ...inferenceTable(rows, colors),
    '',
    ...describeResources(rows),
    measured.counter === null
      ? `energy was not measured: ${measured.absent}`
      : `energy: ${measured.counter}, median of three passes`,
  ];
}

function inferenceTable(rows: readonly InferenceRow[], colors: Colors): string[] {
  const hasEnergy = rows.some(({ energyMicrojoules }) => energyMicrojoules !== null);
  const hasPeer = rows.some(({ peer }) => peer !== null);
  const hasFloat32 = rows.some(({ variant, dtype }) => variant === 'static' && dtype !== rows.at(-1)?.dtype);
  const titles = [
    'threads',
    'batch',
    'leave early',
    'ms a batch',
    'images a second',
    'without exits',
    'speed-up',
    ...(hasFloat32 ? ['against float32'] : []),
    'MACs saved',
    'efficiency',
    ...(hasPeer ? ['best PyTorch', 'PyTorch with exits'] : []),
    ...(hasEnergy ? ['energy an image', 'without exits'] : []),
  ];
  const times = (ratio: number | null | undefined): string => (ratio == null ? '–' : `${ratio.toFixed(2)}×`);
  const cells = rows
    .filter(({ variant }) => variant === 'early-exit')
    .map((row) => {
      const plain = rows.find(
        ({ variant, dtype, threads, batch }) =>
          variant === 'static' && dtype === row.dtype && threads === row.threads && batch === row.batch,
      );
      return [
        String(row.threads),
        String(row.batch),
        percent(1 - row.exitShare.at(-1)!, 1),
        row.latencyMsP50.toFixed(2),
        row.imagesPerSecond.toFixed(0),
        plain?.imagesPerSecond.toFixed(0) ?? '–',
        times(row.speedup),
        ...(hasFloat32 ? [times(row.float32Speedup)] : []),
        times(row.macsRatio),
        row.efficiency?.toFixed(2) ?? '–',
        ...(hasPeer ? [times(row.peer?.staticSpeedup), times(row.peer?.earlyExitSpeedup)] : []),
        ...(hasEnergy ? [row, plain].map((each) => joules(each?.energyMicrojoules ?? null)) : []),
      ];
    });
  return formatTable(
    titles.map((title) => `>${title}`),
    cells,
    colors,
  );
}

function joules(microjoules: number | null): string {
  return microjoules === null ? '–' : energy(microjoules);
}

/** What loading takes, in time and memory: one line for each number of threads. */
function describeResources(rows: readonly InferenceRow[]): string[] {
  return [...new Set(rows.map(({ threads }) => threads))].map((threads) => {
    const parts = (['static', 'early-exit'] as const).flatMap((variant) => {
      const own = rows.filter((row) => row.variant === variant && row.threads === threads);
      const last = own.at(-1);
      if (last === undefined) return [];
      const most = Math.max(...own.map(({ peakMemoryMB }) => peakMemoryMB));
      const exits = variant === 'static' ? 'without exits' : 'with exits';
      return [`${exits} ${last.loadMs.toFixed(0)} ms, a process of ${most.toFixed(0)} MB`];
    });
    return `loaded with ${plural(threads, 'thread')}: ${parts.join('; ')} at most`;
  });
}

/** What was timed of training, for people. */
export function describeTraining(rows: readonly TrainingTiming[], rounds: number, colors: Colors): string[] {
  const against = (value: number | null, ratio: number | null): string =>
    value === null || ratio === null ? '–' : `${value.toFixed(2)} (${ratio.toFixed(2)}×)`;
  const optional = (value: number | null, own: number): string => against(value, value && value / own);
  return [
    `training steps on noise, medians of ${plural(rounds, 'round')} in turn`,
    '',
    ...formatTable(
      [
        'engine',
        'network',
        ...['>threads', '>workers', '>batch', '>ms an image', '>step / forward'],
        ...['>stock TensorFlow.js', '>PyTorch', '>PyTorch compiled'],
      ],
      rows.map((row) => [
        row.engine,
        row.model,
        ...[row.threads, row.workers, row.batch].map(String),
        row.msPerImage.toFixed(2),
        (row.msPerImage / row.forwardMsPerImage).toFixed(2),
        optional(row.stockMsPerImage, row.msPerImage),
        against(row.peerMsPerImage, row.ratio),
        optional(row.peerCompiledMsPerImage, row.msPerImage),
      ]),
      colors,
    ),
  ];
}
