import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { ArgumentError, type CriterionName, getCriterion, thresholdFromJson } from '@earlyexit/exit-criteria';
import { exportConditional, exportStatic } from '@earlyexit/onnx';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { percent } from '../format';
import { datasetOptions } from '../options/common-schemas';
import { criterion, flag, listOf, numberBetween, text, wholeNumber } from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { formatTable } from '../table';
import { type PeerLookup, timePeer } from './bench-peer';
import { medianOf, quantileOf, thresholdForShare } from './bench-statistics';
import { type BenchVariant, findRuntime, startVariant } from './bench-variant';
import { resolveModelArgument } from './model-argument';
import { asNetworkInput, checkClasses, openData, resolveDataSettings } from './open-data';
import { openNetwork } from './open-network';
import { modelOperand } from './operand';
import { DEFAULT_CRITERION, refuseOracle } from './policy';
import type { RunConfig } from './run-config';
import { startEngine } from './start-engine';

const schema = z
  .object({
    ...datasetOptions,
    exits: listOf(text()),
    shares: listOf(numberBetween(0, 1)),
    criterion: criterion(),
    batches: listOf(wholeNumber()),
    threads: listOf(wholeNumber()),
    rounds: wholeNumber(),
    images: wholeNumber(),
    peer: flag(),
    peerPython: text(),
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
  readonly dtype: 'float32';
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
  readonly speedup: number;
  readonly efficiency: number;
  /** Milliseconds an image. */
  readonly peer: { readonly best: number; readonly earlyExit: number | null } | null;
}

/** Thresholds to time: those for a share, or the model's own. */
interface Setting {
  readonly share: number | null;
  readonly thresholds: readonly (number | null)[];
}

/** `earlyexit bench`: what early exits bring in wall time. */
export async function benchRun(invocation: Invocation): Promise<undefined> {
  const { output, signal } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, invocation.options);
  if (options.criterion !== undefined) refuseOracle(options.criterion, 'Choose another criterion');
  const reference = await resolveModelArgument(argument);
  const runtime = findRuntime();
  await startEngine({}, output);
  const { model, config } = await openNetwork(reference, options, output);
  if (model.metadata.exits.length === 1) {
    throw new ArgumentError({
      where: 'MODEL',
      rule: 'the network has an early exit',
      received: `${model.metadata.name}, which has none`,
      remedy: 'Attach some, for instance: --exits block4',
    });
  }
  const chosen = options.criterion ?? model.metadata.policy?.criterion ?? DEFAULT_CRITERION;
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-bench-'));
  try {
    const { batches = DEFAULT_BATCHES, threads = [1], rounds = DEFAULT_ROUNDS } = options;
    const images = await loadImages(model, config, options, Math.max(...batches), invocation);
    const files = {
      static: join(folder, 'static.onnx'),
      exits: join(folder, 'exits.onnx'),
      images: join(folder, 'images'),
    };
    await writeFile(files.static, await exportStatic(model));
    await writeFile(files.exits, await exportConditional(model, { criterion: chosen }));
    await writeFile(files.images, images.data);
    const peer: PeerLookup =
      options.peer === true
        ? await timePeer(
            model.metadata,
            { threads, batches, shares: options.shares ?? DEFAULT_SHARES },
            options.peerPython,
            output,
            signal,
          )
        : () => null;
    const rows: BenchRow[] = [];
    for (const count of threads) {
      rows.push(
        ...(await timeThreads(
          { model, files, images, threads: count, batches, rounds, chosen, options, peer },
          invocation,
        )),
      );
    }
    output.json({
      model: model.metadata.name,
      runtime: `onnxruntime-node ${runtime.version}`,
      inputs: images.source,
      rows,
    });
    output.text(
      `${model.metadata.name} on onnxruntime-node ${runtime.version}, ${images.source}, medians of ${String(rounds)} rounds in turn`,
      '',
      ...describeRows(rows, invocation),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return undefined;
}

interface BenchJob {
  readonly model: MultiExitModel;
  readonly files: { readonly static: string; readonly exits: string; readonly images: string };
  readonly images: Images;
  readonly threads: number;
  readonly batches: readonly number[];
  readonly rounds: number;
  readonly chosen: CriterionName;
  readonly options: BenchOptions;
  readonly peer: PeerLookup;
}

/** Times both variants with one number of threads, in turn. */
async function timeThreads(job: BenchJob, { output, signal }: Invocation): Promise<BenchRow[]> {
  const { model, files, images, threads, batches, rounds, peer } = job;
  const started: BenchVariant[] = [];
  const start = async (file: string): Promise<BenchVariant> => {
    const variant = await startVariant({ model: file, images: files.images, threads, shape: images.shape });
    started.push(variant);
    return variant;
  };
  try {
    const plain = await start(files.static);
    const exits = await start(files.exits);
    output.detail(
      `loaded in ${plain.loadMs.toFixed(0)} ms without exits, ${exits.loadMs.toFixed(0)} ms with them`,
    );
    const settings = await chooseSettings(job, exits);
    const rows: BenchRow[] = [];
    for (const batch of batches) {
      const line = output.progress(`${String(threads)} threads, batches of ${String(batch)}`);
      const timed = settings.map(() => ({
        total: [] as number[],
        latencies: [] as number[],
        ratios: [] as number[],
        exits: [] as number[],
      }));
      const staticTimed = { total: [] as number[], latencies: [] as number[] };
      // The first round warms up and is thrown away.
      for (let round = 0; round <= rounds; round++) {
        signal.throwIfAborted();
        line.update(round, rounds + 1);
        const reference = await plain.pass({ batch, thresholds: null, keep: false });
        const referenceTotal = sum(reference.latencies);
        if (round > 0) {
          staticTimed.total.push(referenceTotal);
          staticTimed.latencies.push(...reference.latencies);
        }
        for (const [index, { thresholds }] of settings.entries()) {
          const pass = await exits.pass({ batch, thresholds, keep: round === 0 });
          const own = timed[index]!;
          if (round === 0) own.exits.push(...pass.exits);
          else {
            own.total.push(sum(pass.latencies));
            own.latencies.push(...pass.latencies);
            own.ratios.push(referenceTotal / sum(pass.latencies));
          }
        }
      }
      line.done();
      const { staticMacs, exits: costs } = model.metadata;
      const perPass = Math.floor(images.count / batch) * batch;
      const peers = settings.map(({ share }) => (share === null ? null : peer({ threads, batch, share })));
      const common = { dtype: 'float32', threads, batch } as const;
      rows.push({
        variant: 'static',
        ...common,
        exitShare: costs.map((_, exit) => (exit === costs.length - 1 ? 1 : 0)),
        ...latencies(staticTimed.latencies),
        imagesPerSecond: (perPass / medianOf(staticTimed.total)) * 1000,
        macsRatio: 1,
        speedup: 1,
        efficiency: 1,
        peer: peers[0] ? { best: peers[0].best, earlyExit: null } : null,
      });
      timed.forEach((own, index) => {
        const exitShare = costs.map(
          (_, exit) => own.exits.filter((each) => each === exit).length / own.exits.length,
        );
        const average = exitShare.reduce((total, share, exit) => total + share * costs[exit]!.macs, 0);
        const macsRatio = staticMacs / average;
        const speedup = medianOf(own.ratios);
        rows.push({
          variant: 'early-exit',
          ...common,
          exitShare,
          ...latencies(own.latencies),
          imagesPerSecond: (perPass / medianOf(own.total)) * 1000,
          macsRatio,
          speedup,
          efficiency: speedup / macsRatio,
          peer: peers[index] ?? null,
        });
      });
    }
    return rows;
  } finally {
    for (const variant of started) variant.stop();
  }
}

/** The thresholds to time: by quantile of the first exit's scores on these very images, or the model's own. */
async function chooseSettings({ model, options, chosen }: BenchJob, exits: BenchVariant): Promise<Setting[]> {
  const { policy } = model.metadata;
  const early = model.metadata.exits.length - 1;
  const { surerIs } = getCriterion(chosen);
  const always = surerIs === 'lower' ? Infinity : -Infinity;
  if (options.shares === undefined && policy?.criterion === chosen) {
    const thresholds = policy.thresholds.map(thresholdFromJson);
    return [
      {
        share: null,
        thresholds: thresholds.map((value) =>
          value === 'never' ? null : value === 'always' ? always : value,
        ),
      },
    ];
  }
  const later = Array.from({ length: early - 1 }, () => null);
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
  { model, metadata }: MultiExitModel,
  config: RunConfig | null,
  options: BenchOptions,
  largestBatch: number,
  { output, signal }: Invocation,
): Promise<Images> {
  const [height, width, channels] = model.inputs[0]!.shape.slice(1) as [number, number, number];
  const size = height * width * channels;
  const wanted = options.images ?? DEFAULT_IMAGES;
  // Whole batches only: a pass leaves a short one out.
  const count = Math.ceil(Math.max(wanted, largestBatch) / largestBatch) * largestBatch;
  const shape = [channels, height, width];
  if (options.dataset === undefined && config === null) {
    output.note('the images are seeded noise: --dataset names real ones');
    return { data: noise(count * size, options.seed ?? 0), count, shape, source: 'seeded noise' };
  }
  const settings = await resolveDataSettings(options, config?.data ?? null);
  const { source, splits } = await openData(
    { ...settings, download: options.download, imageShape: metadata.preprocessing?.inputShape },
    output,
    signal,
  );
  // Random weights know no classes; trained ones do.
  if (config !== null) checkClasses(metadata, source);
  const input = await asNetworkInput(splits.calibration, source, metadata);
  const available = Math.min(count, input.size);
  const loaded = await input.load(Int32Array.from({ length: available }, (_, row) => row));
  const data = new Float32Array(count * size);
  for (let image = 0; image < count; image++) {
    for (let position = 0; position < height * width; position++) {
      for (let channel = 0; channel < channels; channel++) {
        data[image * size + channel * height * width + position] =
          loaded[(image % available) * size + position * channels + channel]!;
      }
    }
  }
  return { data, count, shape, source: `images of ${settings.dataset}` };
}

function noise(length: number, seed: number): Float32Array {
  // A linear congruential generator: noise for a stopwatch needs no better one.
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 32) * 4 - 2;
  });
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
  const right = (title: string) => ({ title, align: 'right' as const });
  const titles = [
    'threads',
    'batch',
    'leave early',
    'ms a batch',
    'images a second',
    'without exits',
    'speed-up',
    'MACs saved',
    'efficiency',
  ];
  return formatTable(
    [...titles, ...(hasPeer ? ['best PyTorch', 'PyTorch with exits'] : [])].map(right),
    rows
      .filter(({ variant }) => variant === 'early-exit')
      .map((row) => {
        const plain = rows.find(
          (each) => each.variant === 'static' && each.threads === row.threads && each.batch === row.batch,
        );
        const against = (ms: number | null | undefined): string =>
          ms === null || ms === undefined ? '–' : `${(row.imagesPerSecond / (1000 / ms)).toFixed(2)}×`;
        return [
          String(row.threads),
          String(row.batch),
          percent(1 - row.exitShare.at(-1)!, 1),
          row.latencyMsP50.toFixed(2),
          row.imagesPerSecond.toFixed(0),
          plain!.imagesPerSecond.toFixed(0),
          `${row.speedup.toFixed(2)}×`,
          `${row.macsRatio.toFixed(2)}×`,
          row.efficiency.toFixed(2),
          ...(hasPeer ? [against(row.peer?.best), against(row.peer?.earlyExit)] : []),
        ];
      }),
    output.colors,
  );
}
