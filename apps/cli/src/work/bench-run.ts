import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError, channelsFirst } from '@earlyexit/core';
import {
  type CriterionName,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  getCriterion,
  storedPolicy,
  thresholdFromJson,
} from '@earlyexit/exit-criteria';
import { findRuntime, type InferenceRuntime } from '@earlyexit/native-engines';
import { exportConditional, exportStatic } from '@earlyexit/onnx';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { percent } from '../terminal/format';
import { datasetOptions } from '../options/common-schemas';
import {
  criterion,
  flag,
  listOf,
  numberBetween,
  oneOf,
  runtimeNames,
  text,
  wholeNumber,
} from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { formatTable } from '../terminal/table';
import { findPeer, type PeerPass, type PeerProgram, startPeer } from './bench-peer';
import { measureResources } from './bench-resources';
import { medianOf, quantileOf, thresholdForShare } from './bench-statistics';
import { type BenchVariant, startVariant } from './bench-variant';
import { locateModel, modelOperand } from './locate-model';
import { type ExportedNetwork, openExported } from './open-exported';
import { asNetworkInput, checkClasses, openData, resolveDataSettings } from './open-data';
import { openNetwork } from './open-network';
import { quantizeNetwork } from './quantize-network';
import type { RegisteredLocation, RunConfig, SavedLocation } from '@earlyexit/runs';
import { seededNoise } from './seeded-noise';
import { startEngine } from './start-engine';

const schema = z
  .object({
    ...datasetOptions,
    exits: listOf(text()),
    dtype: oneOf(['float32', 'int8']),
    shares: listOf(numberBetween(0, 1)),
    criterion: criterion(),
    batches: listOf(wholeNumber()),
    threads: listOf(wholeNumber()),
    rounds: wholeNumber(),
    images: wholeNumber(),
    engine: oneOf(runtimeNames),
    peer: flag(),
    peerPython: text(),
    static: text(),
    seed: wholeNumber(0),
  })
  .partial();

type BenchOptions = z.output<typeof schema>;

const DEFAULT_SHARES = [0, 0.5, 0.7, 0.9];
const DEFAULT_BATCHES = [1, 64];
const DEFAULT_ROUNDS = 9;
// Enough that a share of one percent is some images, and a batch of one takes no minutes.
const DEFAULT_IMAGES = 256;

/** One line of the result. */
interface BenchRow {
  readonly variant: 'static' | 'early-exit';
  readonly dtype: string;
  readonly threads: number;
  readonly batch: number;
  /** The share of the images that left at each exit, the final one last. */
  readonly exitShare: readonly number[];
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
  readonly latencyMsP99: number;
  readonly imagesPerSecond: number;
  /** The plain network's multiply-accumulates over the average spent. */
  readonly macsRatio: number;
  /** Null where there is nothing without exits to compare with. */
  readonly speedup: number | null;
  /** Against the float32 network without exits, whatever the type of this one. */
  readonly float32Speedup: number | null;
  readonly efficiency: number | null;
  /** From the file to a session that is ready, in a process that has just begun. */
  readonly loadMs: number;
  /** The most memory of a process that loads the file and runs batches of this size, in units of 10⁶ bytes. */
  readonly peakMemoryMB: number;
  readonly peer: PeerComparison | null;
}

/** PyTorch beside this row: milliseconds an image, and its time over ours, the median of the rounds' ratios. */
interface PeerComparison {
  readonly eagerMsPerImage: number;
  readonly compiledMsPerImage: number | null;
  /** Against the network without exits, eager or compiled, whichever is faster. */
  readonly staticSpeedup: number;
  /** With exits and compaction; null for a row without exits, and where the thresholds are the model's own. */
  readonly earlyExitMsPerImage: number | null;
  readonly earlyExitSpeedup: number | null;
}

/** Thresholds to time: those for a share, or the model's own. */
interface Setting {
  readonly share: number | null;
  /** Null where they are built into the file. */
  readonly thresholds: readonly number[] | null;
}

/** Where the files to be timed lie. */
interface BenchFiles {
  readonly static: string;
  readonly exits: string;
  /** The float32 network without exits, where the others are int8. */
  readonly float32: string;
}

/** What is timed. */
interface Subject {
  readonly metadata: Pick<
    MultiExitMetadata,
    'name' | 'classes' | 'preprocessing' | 'staticMacs' | 'policy' | 'exits'
  >;
  readonly dtype: string;
  /** Height, width, channels. */
  readonly inputShape: readonly [number, number, number];
  readonly config: RunConfig | null;
  readonly criterion: CriterionName;
  /** Whether thresholds are built in. */
  readonly isFixed: boolean;
  /** Writes the network with exits; and without them, also in float32 beside int8, if it can. */
  write(files: BenchFiles): Promise<{ readonly hasStatic: boolean; readonly hasFloat32: boolean }>;
}

/** `earlyexit bench`: what early exits bring in wall time. */
export async function benchRun(invocation: Invocation): Promise<undefined> {
  const { output } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, invocation.options);
  if (options.criterion !== undefined) criterionWithoutLabels(options.criterion, 'bench');
  const location = await locateModel(argument);
  if (location.kind === 'staged') {
    throw new ArgumentError({
      where: 'MODEL',
      rule: 'one file with the exits inside is timed; stages are for several machines, whose way between them counts too',
      received: argument,
      remedy: 'Export the network to one .onnx file, or give the run folder that it was exported from',
    });
  }
  const runtime = findRuntime(options.engine ?? 'onnxruntime');
  const subject =
    location.kind === 'onnx'
      ? await openFileSubject(location.file, options, invocation)
      : await openSubject(location, options, invocation);
  const { metadata } = subject;
  if (metadata.exits.length === 1) {
    throw new ArgumentError({
      where: 'MODEL',
      rule: 'the network has an early exit',
      received: `${metadata.name}, which has none`,
      remedy: 'Attach some, for instance: --exits block4',
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-bench-'));
  try {
    const { batches = DEFAULT_BATCHES, threads = [1], rounds = DEFAULT_ROUNDS } = options;
    const images = await loadImages(subject, options, Math.max(...batches), invocation);
    const files = {
      static: join(folder, 'static.onnx'),
      exits: join(folder, 'exits.onnx'),
      float32: join(folder, 'float32.onnx'),
      images: join(folder, 'images'),
    };
    const written = await subject.write(files);
    await writeFile(files.images, images.data);
    const peer = options.peer === true ? await findPeer(metadata, options.peerPython, output) : null;
    const rows: BenchRow[] = [];
    for (const count of threads) {
      rows.push(
        ...(await timeThreads(
          { runtime, subject, files, ...written, images, threads: count, batches, rounds, options, peer },
          invocation,
        )),
      );
    }
    output.json({
      model: metadata.name,
      runtime: runtime.title,
      inputs: images.source,
      rows,
    });
    output.text(
      `${metadata.name} on ${runtime.title}, ${images.source}, medians of ${String(rounds)} rounds in turn`,
      '',
      ...describeRows(rows, invocation),
      '',
      ...describeResources(rows),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}

/** A network of TensorFlow.js, exported for the occasion. */
async function openSubject(
  location: SavedLocation | RegisteredLocation,
  options: BenchOptions,
  invocation: Invocation,
): Promise<Subject> {
  const { output } = invocation;
  if (options.static !== undefined) {
    throw new ArgumentError({
      where: '--static',
      rule: 'it names what an .onnx file is compared with; a network is exported without exits here',
      received: options.static,
      remedy: 'Leave --static out',
    });
  }
  await startEngine({}, output);
  const opened = await openNetwork(location, options, output);
  const { config } = opened;
  const { engine: runtime = 'onnxruntime' } = options;
  const chosen = options.criterion ?? opened.model.metadata.policy?.criterion ?? DEFAULT_CRITERION;
  const stored = storedPolicy(opened.model.metadata);
  const quantized =
    options.dtype === 'int8'
      ? await quantizeNetwork(
          {
            ...opened,
            isTrained: location.kind === 'saved',
            // Shares are set on the images that are timed.
            policy: options.shares === undefined && stored?.criterion === chosen ? stored : null,
          },
          { ...options, threads: undefined },
          invocation,
        )
      : null;
  const { model } = quantized ?? opened;
  const { metadata } = model;
  const version = quantized === null ? {} : { quantization: quantized.quantization };
  return {
    metadata,
    dtype: options.dtype ?? 'float32',
    inputShape: model.model.inputs[0]!.shape.slice(1) as [number, number, number],
    config,
    criterion: chosen,
    isFixed: false,
    async write(files) {
      await writeFile(files.static, await exportStatic(model, version));
      await writeFile(
        files.exits,
        await exportConditional(model, { criterion: chosen, runtime, ...version }),
      );
      if (quantized !== null) await writeFile(files.float32, await exportStatic(model));
      return { hasStatic: true, hasFloat32: quantized !== null };
    },
  };
}

/** An exported file; what it is compared with cannot be made of it, and is another file. */
async function openFileSubject(
  file: string,
  options: BenchOptions,
  { output, signal }: Invocation,
): Promise<Subject> {
  const { static: plain, criterion: asked } = options;
  if (options.dtype !== undefined) {
    throw new ArgumentError({
      where: '--dtype',
      rule: 'a file has its own type; a network is exported for the occasion',
      received: file,
      remedy: 'Leave --dtype out',
    });
  }
  if (options.exits !== undefined) {
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to a network by name; a file has its own',
      received: file,
      remedy: 'Leave --exits out, or name a plain network',
    });
  }
  const look = async (path: string, criterion?: CriterionName): Promise<ExportedNetwork> => {
    const location = { kind: 'onnx', path, file: path } as const;
    const model = await openExported(location, { criterion, threads: 1 }, output, signal);
    model.session.dispose();
    return model;
  };
  const { session, policy, isFixed } = await look(file, asked);
  const { network, inputShape, dtype } = session.file;
  if (isFixed && options.shares !== undefined) {
    throw new ArgumentError({
      where: '--shares',
      rule: `thresholds are built into the file: ${policy.thresholds.join(', ')}`,
      received: options.shares.join(' '),
      remedy: 'Export it with --thresholds-as input, or leave --shares out',
    });
  }
  if (plain === undefined) {
    output.warn(
      'without a file to compare with there is no speed-up: export --static the same network and give it as --static',
    );
  } else {
    const other = (await look(plain)).session.file;
    if (other.kind !== 'static' || other.network.name !== network.name) {
      throw new ArgumentError({
        where: '--static',
        rule: `it is ${network.name} as export --static writes it`,
        received: `${plain}, ${other.network.name} ${other.kind === 'static' ? 'without' : 'with'} exits`,
      });
    }
  }
  return {
    metadata: {
      ...network,
      exits: session.metadata.exits as MultiExitMetadata['exits'],
      policy: session.metadata.policy as MultiExitMetadata['policy'],
    },
    dtype,
    inputShape: inputShape as [number, number, number],
    config: null,
    criterion: policy.criterion,
    isFixed,
    // Copies, looked at before they are timed: the files may change meanwhile.
    async write(files) {
      await copyFile(file, files.exits);
      await look(files.exits);
      if (plain === undefined) return { hasStatic: false, hasFloat32: false };
      await copyFile(plain, files.static);
      await look(files.static);
      return { hasStatic: true, hasFloat32: false };
    },
  };
}

interface BenchJob {
  readonly runtime: InferenceRuntime;
  readonly subject: Subject;
  readonly files: BenchFiles & { readonly images: string };
  readonly hasStatic: boolean;
  readonly hasFloat32: boolean;
  readonly images: Images;
  readonly threads: number;
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly options: BenchOptions;
  readonly peer: PeerProgram | null;
}

/** What one variant took in the rounds that count. */
interface Series {
  /** Milliseconds a round. */
  readonly total: number[];
  /** Milliseconds of each batch. */
  readonly latencies: number[];
}

/** Times all variants with one number of threads, in turn: what the machine does meanwhile, it does to all of them. */
async function timeThreads(job: BenchJob, { output, signal }: Invocation): Promise<BenchRow[]> {
  const { runtime, subject, files, images, threads, batches, rounds } = job;
  const started: { stop(): void }[] = [];
  const start = async (file: string): Promise<BenchVariant> => {
    const variant = await startVariant(
      { runtime, model: file, images: files.images, threads, shape: images.shape },
      signal,
    );
    started.push(variant);
    return variant;
  };
  try {
    const plain = job.hasStatic ? await start(files.static) : null;
    const exits = await start(files.exits);
    const float32 = job.hasFloat32 ? await start(files.float32) : null;
    output.detail(
      `loaded in ${exits.loadMs.toFixed(0)} ms with exits${plain === null ? '' : `, ${plain.loadMs.toFixed(0)} ms without them`}`,
    );
    const settings = await chooseSettings(job, exits);
    const shares = settings.map(({ share }) => share).filter((share) => share !== null);
    let peer: Awaited<ReturnType<typeof startPeer>> | null = null;
    if (job.peer !== null) {
      output.note('starting PyTorch: a minute or more, for it compiles');
      try {
        peer = await startPeer(job.peer, { threads, batches, shares, images: images.count }, signal);
        started.push(peer);
      } catch (error) {
        signal.throwIfAborted();
        output.warn(`PyTorch was not timed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const rows: TimedRow[] = [];
    for (const batch of batches) {
      const line = output.progress(`${String(threads)} threads, batches of ${String(batch)}`);
      const series = (): Series => ({ total: [], latencies: [] });
      const own = settings.map(series);
      const [ofStatic, ofFloat32] = [series(), series()];
      const exitsTaken = settings.map((): readonly number[] => []);
      const ofPeer: PeerPass[] = [];
      // The first round warms up and is thrown away.
      for (let round = 0; round <= rounds; round++) {
        signal.throwIfAborted();
        line.update(round, rounds + 1);
        const record = (into: Series, latenciesMs: readonly number[]): void => {
          if (round === 0) return;
          into.total.push(sum(latenciesMs));
          into.latencies.push(...latenciesMs);
        };
        const whole = { batch, thresholds: null, keep: false };
        if (plain !== null) record(ofStatic, (await plain.pass(whole)).latencies);
        if (float32 !== null) record(ofFloat32, (await float32.pass(whole)).latencies);
        for (const [index, { thresholds }] of settings.entries()) {
          const pass = await exits.pass({ batch, thresholds, keep: round === 0 });
          if (round === 0) exitsTaken[index] = pass.exits;
          record(own[index]!, pass.latencies);
        }
        const times = await peer?.pass(batch);
        if (round > 0 && times !== undefined) ofPeer.push(times);
      }
      line.done();
      const { staticMacs, exits: costs } = subject.metadata;
      const perPass = Math.floor(images.count / batch) * batch;
      const ratio = (other: Series, one: Series): number =>
        medianOf(one.total.map((total, round) => other.total[round]! / total));
      const isFloat32 = subject.dtype === 'float32';
      const row = (of: Series, against: { readonly share: number | null }) => ({
        ...{ dtype: subject.dtype, threads, batch },
        ...latencies(of.latencies),
        imagesPerSecond: (perPass / medianOf(of.total)) * 1000,
        peer: comparePeer(ofPeer, of, perPass, against.share === null ? -1 : shares.indexOf(against.share)),
      });
      const staticRow = (of: Series, dtype: string): TimedRow => {
        const wide = job.hasFloat32 ? ofFloat32 : isFloat32 ? of : null;
        return {
          variant: 'static',
          ...row(of, { share: null }),
          dtype,
          exitShare: costs.map((_, exit) => (exit === costs.length - 1 ? 1 : 0)),
          ...{ macsRatio: 1, speedup: 1, efficiency: 1 },
          float32Speedup: wide === null ? null : ratio(wide, of),
        };
      };
      if (float32 !== null) rows.push(staticRow(ofFloat32, 'float32'));
      if (plain !== null) rows.push(staticRow(ofStatic, subject.dtype));
      for (const [index, setting] of settings.entries()) {
        const of = own[index]!;
        const taken = exitsTaken[index]!;
        const exitShare = costs.map((_, exit) => taken.filter((each) => each === exit).length / taken.length);
        const average = exitShare.reduce((total, share, exit) => total + share * costs[exit]!.macs, 0);
        const macsRatio = staticMacs / average;
        const speedup = plain === null ? null : ratio(ofStatic, of);
        rows.push({
          variant: 'early-exit',
          ...row(of, setting),
          ...{ exitShare, macsRatio, speedup },
          float32Speedup: float32 === null ? (isFloat32 ? speedup : null) : ratio(ofFloat32, of),
          efficiency: speedup === null ? null : speedup / macsRatio,
        });
      }
    }
    return await addResources(rows, job, settings, signal);
  } finally {
    for (const variant of started) variant.stop();
  }
}

/** @param share which of the peer's shares is the row's; -1 for none */
function comparePeer(
  passes: readonly PeerPass[],
  own: Series,
  imagesPerPass: number,
  share: number,
): PeerComparison | null {
  if (passes.length === 0) return null;
  const eager = passes.map((pass) => pass.eager);
  const compiled = passes.map((pass) => pass.compiled).filter((ms) => ms !== null);
  const compiledMsPerImage = compiled.length === 0 ? null : medianOf(compiled);
  // Chosen over all rounds: the fastest of each round would be luck.
  const best = compiledMsPerImage !== null && compiledMsPerImage < medianOf(eager) ? compiled : eager;
  const speedup = (ms: readonly number[]): number =>
    medianOf(ms.map((each, round) => (each * imagesPerPass) / own.total[round]!));
  const earlyExit = share < 0 ? null : passes.map((pass) => pass.earlyExit[share]!);
  return {
    eagerMsPerImage: medianOf(eager),
    compiledMsPerImage,
    staticSpeedup: speedup(best),
    earlyExitMsPerImage: earlyExit === null ? null : medianOf(earlyExit),
    earlyExitSpeedup: earlyExit === null ? null : speedup(earlyExit),
  };
}

/** A row before its file was looked at by itself. */
type TimedRow = Omit<BenchRow, 'loadMs' | 'peakMemoryMB'>;

/** Adds what loading takes, in time and memory, measured apart from the timing. */
async function addResources(
  rows: readonly TimedRow[],
  { runtime, subject, files, images, threads, batches }: BenchJob,
  settings: readonly Setting[],
  signal: AbortSignal,
): Promise<BenchRow[]> {
  const fileOf = ({ variant, dtype }: TimedRow): string => {
    if (variant === 'early-exit') return files.exits;
    return dtype === subject.dtype ? files.static : files.float32;
  };
  const paths = [...new Set(rows.map(fileOf))];
  const measured = await measureResources(
    paths.map((model) => ({
      start: () =>
        startVariant({ runtime, model, images: files.images, threads, shape: images.shape }, signal),
      thresholds: model === files.exits ? settings.map(({ thresholds }) => thresholds) : [null],
    })),
    batches,
    signal,
  );
  return rows.map((row) => {
    const { loadMs, peakMemoryMB } = measured[paths.indexOf(fileOf(row))]!;
    return { ...row, loadMs, peakMemoryMB: peakMemoryMB.get(row.batch)! };
  });
}

/** The thresholds to time: by quantile of the first exit's scores on these very images, or the model's own. */
async function chooseSettings({ subject, options }: BenchJob, exits: BenchVariant): Promise<Setting[]> {
  const { metadata, criterion: chosen, isFixed } = subject;
  if (isFixed) return [{ share: null, thresholds: null }];
  const { policy } = metadata;
  const early = metadata.exits.length - 1;
  const { surerIs } = getCriterion(chosen);
  const always = surerIs === 'lower' ? Infinity : -Infinity;
  const never = -always;
  if (options.shares === undefined && policy?.criterion === chosen) {
    const thresholds = policy.thresholds.map(thresholdFromJson);
    return [
      {
        share: null,
        thresholds: thresholds.map((value) =>
          value === 'never' ? never : value === 'always' ? always : value,
        ),
      },
    ];
  }
  const later = Array.from({ length: early - 1 }, () => never);
  const { scores } = await exits.pass({ batch: 1, thresholds: [always, ...later], keep: true });
  return (options.shares ?? DEFAULT_SHARES).map((share) => ({
    share,
    thresholds: [thresholdForShare(scores, share, surerIs), ...later],
  }));
}

/** Images as the graph takes them. */
interface Images {
  /** `[count, channels, height, width]` */
  readonly data: Float32Array;
  readonly count: number;
  readonly shape: readonly number[];
  /** Where they come from, in words. */
  readonly source: string;
}

async function loadImages(
  { metadata, inputShape, config }: Subject,
  options: BenchOptions,
  largestBatch: number,
  { output, signal }: Invocation,
): Promise<Images> {
  const [height, width, channels] = inputShape;
  const size = height * width * channels;
  const wanted = options.images ?? DEFAULT_IMAGES;
  // Whole batches only: a pass leaves a short one out.
  const count = Math.ceil(Math.max(wanted, largestBatch) / largestBatch) * largestBatch;
  const shape = [channels, height, width];
  if (options.dataset === undefined && config === null) {
    output.note('the images are seeded noise: --dataset names real ones');
    return { data: seededNoise(count * size, options.seed ?? 0), count, shape, source: 'seeded noise' };
  }
  const settings = await resolveDataSettings(options, config?.data ?? null);
  const { source, splits } = await openData(
    { ...settings, download: options.download, imageShape: metadata.preprocessing?.inputShape },
    output,
    signal,
  );
  // Random weights know no classes; trained ones do.
  if (config !== null) await checkClasses(metadata, source);
  const input = await asNetworkInput(splits.calibration, source, metadata);
  const available = Math.min(count, input.size);
  const loaded = channelsFirst(
    await input.load(Int32Array.from({ length: available }, (_, row) => row)),
    inputShape,
  );
  const data = new Float32Array(count * size);
  for (let image = 0; image < count; image += available) {
    data.set(loaded.subarray(0, Math.min(available, count - image) * size), image * size);
  }
  return { data, count, shape, source: `images of ${settings.dataset}` };
}

function latencies(
  values: readonly number[],
): Pick<BenchRow, 'latencyMsP50' | 'latencyMsP95' | 'latencyMsP99'> {
  return {
    latencyMsP50: quantileOf(values, 0.5),
    latencyMsP95: quantileOf(values, 0.95),
    latencyMsP99: quantileOf(values, 0.99),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function describeRows(rows: readonly BenchRow[], { output }: Invocation): string[] {
  const hasPeer = rows.some(({ peer }) => peer !== null);
  const hasFloat32 = rows.some(({ variant, dtype }) => variant === 'static' && dtype !== rows.at(-1)?.dtype);
  const right = (title: string) => ({ title, align: 'right' as const });
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
  ];
  return formatTable(
    [...titles, ...(hasPeer ? ['best PyTorch', 'PyTorch with exits'] : [])].map(right),
    rows
      .filter(({ variant }) => variant === 'early-exit')
      .map((row) => {
        const plain = rows.find(
          (each) =>
            each.variant === 'static' &&
            each.dtype === row.dtype &&
            each.threads === row.threads &&
            each.batch === row.batch,
        );
        const times = (ratio: number | null | undefined): string =>
          ratio === null || ratio === undefined ? '–' : `${ratio.toFixed(2)}×`;
        return [
          String(row.threads),
          String(row.batch),
          percent(1 - row.exitShare.at(-1)!, 1),
          row.latencyMsP50.toFixed(2),
          row.imagesPerSecond.toFixed(0),
          plain?.imagesPerSecond.toFixed(0) ?? '–',
          times(row.speedup),
          ...(hasFloat32 ? [times(row.float32Speedup)] : []),
          `${row.macsRatio.toFixed(2)}×`,
          row.efficiency?.toFixed(2) ?? '–',
          ...(hasPeer ? [times(row.peer?.staticSpeedup), times(row.peer?.earlyExitSpeedup)] : []),
        ];
      }),
    output.colors,
  );
}

/** What loading and memory are like: one line for each number of threads. */
function describeResources(rows: readonly BenchRow[]): string[] {
  const threads = [...new Set(rows.map((row) => row.threads))];
  return threads.map((count) => {
    const of = (wanted: BenchRow['variant']): string | null => {
      const own = rows.filter((row) => row.variant === wanted && row.threads === count);
      const last = own.at(-1);
      if (last === undefined) return null;
      const most = Math.max(...own.map(({ peakMemoryMB }) => peakMemoryMB));
      return `${wanted === 'static' ? 'without' : 'with'} exits ${last.loadMs.toFixed(0)} ms, a process of ${most.toFixed(0)} MB`;
    };
    const lines = [of('static'), of('early-exit')].filter((line) => line !== null);
    return `loaded with ${String(count)} ${count === 1 ? 'thread' : 'threads'}: ${lines.join('; ')} at most`;
  });
}
