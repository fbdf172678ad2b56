import type { WorkOptions } from '@earlyexit/core';
import { type ExitCosts, type Threshold, thresholdForShare } from '@earlyexit/exit-criteria';
import { describeTiming, type FileTiming, type References } from './file-timing';
import type { EnergyCounter } from '../machine/energy-counter';
import { type FileResources, measureResources } from './measure-resources';
import { type Pass, startTimedFile, type TimedFile, type TimedFileSettings } from './timed-file';
import { medianOf } from '../timing/quantile';
import { timeInTurn } from '../timing/time-in-turn';

/** The exports of one network: paths of `.onnx` files. */
export interface ExportedFiles {
  /** With the exits inside. */
  readonly exits: string;
  /** Of the same type without exits, or null. */
  readonly static: string | null;
  /** In float32 without exits where the others are int8, or null. */
  readonly float32: string | null;
}

/** What decides who leaves early. */
export type Leaving =
  | { readonly thresholds: readonly Threshold[] }
  /** Thresholds with which these shares of the images leave at the first exit, and nobody at a later one. */
  | { readonly shares: readonly number[] }
  /** Thresholds that are built into the file. */
  | 'built-in';

/** What `timeFiles` times, and how. */
export interface FileTimingOptions<Beside = never>
  extends Omit<TimedFileSettings, 'model'>, Omit<WorkOptions, 'onNote'> {
  readonly files: ExportedFiles;
  readonly costs: ExitCosts;
  /** Of the files; that of `files.float32` aside. */
  readonly dtype: string;
  readonly leaving: Leaving;
  readonly batches: readonly number[];
  /** How often each is timed. */
  readonly rounds: number;
  /** What measures energy, if anything does. */
  readonly energyCounter?: EnergyCounter | null;
  /** Another program that takes its turn, after the files. */
  readonly beside?: ((batch: number) => Promise<Beside>) | null;
}

/** One choice of thresholds. */
interface Setting {
  readonly share: number | null;
  readonly thresholds: readonly Threshold[] | null;
}

/**
 * Times the exports of a network in turn, each in a process of its own, then loads each in fresh processes for time and
 * memory.
 *
 * @returns for each batch size those without exits, then the one with exits under each choice of thresholds
 * @throws EnvironmentError if a process ends before it has answered
 */
export async function timeFiles<Beside = never>(
  options: FileTimingOptions<Beside>,
): Promise<(FileTiming<Beside> & { readonly loadMs: number; readonly peakMemoryMB: number })[]> {
  const { files, dtype, batches, signal } = options;
  const running: TimedFile[] = [];
  const start = async (model: string | null): Promise<TimedFile | null> => {
    if (model === null) return null;
    const file = await startTimedFile(settingsOf(options, model), signal);
    running.push(file);
    return file;
  };
  let settings: readonly Setting[];
  const timings: FileTiming<Beside>[] = [];
  try {
    const plain = await start(files.static);
    const withExits = (await start(files.exits))!;
    const float32 = await start(files.float32);
    settings = await chooseThresholds(options, withExits);
    for (const batch of batches) {
      timings.push(...(await timeBatch(batch, { plain, withExits, float32 }, settings, options)));
    }
  } finally {
    for (const file of running) file.dispose();
  }
  const fileOf = (timing: FileTiming<Beside>): string => {
    if (timing.variant === 'early-exit') return files.exits;
    return (timing.dtype === dtype ? files.static : files.float32)!;
  };
  const resources = await resourcesOf([...new Set(timings.map(fileOf))], settings, options);
  return timings.map((timing) => {
    const { loadMs, peakMemoryMB } = resources.get(fileOf(timing))!;
    return { ...timing, loadMs, peakMemoryMB: peakMemoryMB.get(timing.batch)! };
  });
}

async function timeBatch<Beside>(
  batch: number,
  { plain, withExits, float32 }: { plain: TimedFile | null; withExits: TimedFile; float32: TimedFile | null },
  settings: readonly Setting[],
  { dtype, threads, costs, rounds, energyCounter, beside, signal, onProgress }: FileTimingOptions<Beside>,
): Promise<FileTiming<Beside>[]> {
  const latenciesOf = (file: TimedFile | null) =>
    file && (async () => (await file.pass({ batch, thresholds: null })).latencies);
  // By setting, from the round that warms up.
  const taken: (readonly number[])[] = [];
  const times = await timeInTurn(
    {
      plain: latenciesOf(plain),
      float32: latenciesOf(float32),
      async exits(round) {
        const latencies: (readonly number[])[] = [];
        for (const [index, { thresholds }] of settings.entries()) {
          const pass = await withExits.pass({ batch, thresholds, keep: round < 0 });
          if (round < 0) taken[index] = pass.exits;
          latencies.push(pass.latencies);
        }
        return latencies;
      },
      beside: beside ? () => beside(batch) : null,
    },
    { rounds, what: `${threadsIn(threads)}, batches of ${String(batch)}`, signal, onProgress },
  );
  const energyOf = async (file: TimedFile | null, thresholds: Setting['thresholds'] = null) =>
    file && energyCounter
      ? energyOfImage(energyCounter, () => file.pass({ batch, thresholds }), batch)
      : null;
  const energies: (number | null)[] = [];
  for (const { thresholds } of settings) energies.push(await energyOf(withExits, thresholds));
  const last = costs.exitMacs.length - 1;
  const references: References = {
    plain: plain && times.plain,
    float32: float32 ? times.float32 : dtype === 'float32' && plain ? times.plain : null,
  };
  const about = { dtype, threads, batch, share: null, beside: times.beside };
  const whole = {
    ...about,
    variant: 'static',
    exitShare: costs.exitMacs.map((_, exit) => Number(exit === last)),
  } as const;
  return [
    ...(float32
      ? [
          describeTiming(
            times.float32,
            { ...whole, dtype: 'float32', energyMicrojoules: await energyOf(float32) },
            { plain: times.float32, float32: times.float32 },
            costs,
          ),
        ]
      : []),
    ...(plain
      ? [
          describeTiming(
            times.plain,
            { ...whole, energyMicrojoules: await energyOf(plain) },
            references,
            costs,
          ),
        ]
      : []),
    ...settings.map(({ share }, index) => {
      const exits = taken[index]!;
      const exitShare = costs.exitMacs.map(
        (_, exit) => exits.filter((each) => each === exit).length / exits.length,
      );
      const own = times.exits.map((passes) => passes[index]!);
      const energyMicrojoules = energies[index]!;
      const chosen = { ...about, variant: 'early-exit', share, exitShare, energyMicrojoules } as const;
      return describeTiming(own, chosen, references, costs);
    }),
  ];
}

// A counter is read a thousand times a second: a pass over all images is long enough.
const ENERGY_PASSES = 3;

/** The median of a few passes, in microjoules an image. */
async function energyOfImage(
  counter: EnergyCounter,
  pass: () => Promise<Pass>,
  batch: number,
): Promise<number> {
  const energies: number[] = [];
  for (let each = 0; each < ENERGY_PASSES; each++) {
    let images = 0;
    const taken = await counter.measure(async () => {
      images = (await pass()).latencies.length * batch;
    });
    energies.push(taken / images);
  }
  return medianOf(energies);
}

/** The thresholds to time: shares by quantile of the first exit's scores on these very images. */
async function chooseThresholds(
  { leaving, criterion, costs }: Pick<FileTimingOptions, 'leaving' | 'criterion' | 'costs'>,
  file: TimedFile,
): Promise<Setting[]> {
  if (leaving === 'built-in') return [{ share: null, thresholds: null }];
  if ('thresholds' in leaving) return [{ share: null, thresholds: leaving.thresholds }];
  const later = costs.exitMacs.slice(2).map(() => 'never' as const);
  const { scores } = await file.pass({ batch: 1, thresholds: ['always', ...later], keep: true });
  return leaving.shares.map((share) => ({
    share,
    thresholds: [thresholdForShare(criterion, scores, share), ...later],
  }));
}

async function resourcesOf<Beside>(
  files: readonly string[],
  settings: readonly Setting[],
  options: FileTimingOptions<Beside>,
): Promise<ReadonlyMap<string, FileResources>> {
  const measured = await measureResources(
    files.map((model) => ({
      settings: settingsOf(options, model),
      thresholds: model === options.files.exits ? settings.map(({ thresholds }) => thresholds) : [null],
    })),
    options.batches,
    options.signal,
  );
  return new Map(files.map((file, index) => [file, measured[index]!]));
}

function settingsOf<Beside>(
  { runtime, criterion, images, shape, threads }: FileTimingOptions<Beside>,
  model: string,
): TimedFileSettings {
  return { runtime, model, criterion, images, shape, threads };
}

function threadsIn(count: number): string {
  return count === 1 ? '1 thread' : `${String(count)} threads`;
}
