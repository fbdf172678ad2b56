import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '@earlyexit/backend';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { engine, flag, listOf, text, wholeNumber } from '../options/option-values';
import { flagName, parseOptions } from '../options/parse-options';
import { formatTable } from '../terminal/table';
import { findPeer, type PeerProgram } from './bench-peer';
import { medianOf } from './bench-statistics';
import { buildNetwork } from './build-network';
import { type ChildProgram, startChildProgram } from './child-program';
import { locateNetwork } from './locate-model';
import { packageFolder } from './package-folder';
import type { TrainingBenchSettings } from './training-bench-settings';

const schema = z
  .object({
    exits: listOf(text()),
    engine: engine(),
    batches: listOf(wholeNumber()),
    threads: listOf(wholeNumber()),
    workers: listOf(wholeNumber()),
    rounds: wholeNumber(),
    peer: flag(),
    peerPython: text(),
  })
  .partial();

type BenchTrainingOptions = z.output<typeof schema>;

/** A network by name, with the exits that it gets. */
interface Network {
  readonly name: string;
  readonly exits: readonly string[];
}

const DEFAULT_NETWORKS: readonly Network[] = [
  { name: 'resnet20_cifar', exits: ['block3'] },
  { name: 'resnet56_cifar', exits: ['block4'] },
];
const DEFAULT_BATCHES = [128];
const DEFAULT_ROUNDS = 5;
// Long enough that a round is more than its own beginning.
const ROUND_MILLISECONDS = 1500;

/** What does not bear on training. */
const inferenceOnly = ['shares', 'criterion', 'images', 'static', 'dataset', 'dataDir', 'dtype'];

/** One line of the result. Null is what could not be measured; standard error says why. */
interface BenchTrainingRow {
  readonly engine: EngineName;
  readonly model: string;
  readonly threads: number;
  readonly workers: number;
  readonly batch: number;
  readonly msPerImage: number;
  readonly forwardMsPerImage: number;
  /** TensorFlow.js as it comes, on the same library. */
  readonly stockMsPerImage: number | null;
  /** PyTorch eager, channels last. */
  readonly peerMsPerImage: number | null;
  readonly peerCompiledMsPerImage: number | null;
  /** PyTorch eager's time over ours: the median of the rounds' ratios. */
  readonly ratio: number | null;
}

/** `earlyexit bench --training`: what a training step costs, side by side with stock TensorFlow.js and PyTorch. */
export async function benchTrainingRun(invocation: Invocation): Promise<undefined> {
  const { output, signal } = invocation;
  const options = parseOptions(schema, invocation.options);
  refuseOthers(invocation);
  const networks = await chooseNetworks(invocation, options);
  const engines = await chooseEngines(options);
  const { batches = DEFAULT_BATCHES, threads = [1], workers = [1], rounds = DEFAULT_ROUNDS } = options;
  const rows: BenchTrainingRow[] = [];
  for (const network of networks) {
    const metadata = await describe(network);
    const peer = options.peer === true ? await findPeer(metadata, options.peerPython, output) : null;
    for (const name of engines) {
      for (const batch of batches) {
        // TensorFlow has threads inside an operation, WASM has workers that share a batch.
        const settings =
          name === 'wasm'
            ? workers.map((count) => ({ threads: 1, workers: count }))
            : threads.map((count) => ({ threads: count, workers: 1 }));
        for (const each of settings) {
          const setting = { engine: name, model: network.name, exits: network.exits, batch, ...each };
          const label = `${network.name} on ${name}, batches of ${String(batch)}, ${String(each.threads * each.workers)} threads`;
          const line = output.progress(label);
          rows.push(await timeSetting({ ...setting, stock: false }, { peer, rounds, invocation, line }));
          signal.throwIfAborted();
        }
      }
    }
  }
  output.json({ rows });
  output.text(
    `training steps on noise, medians of ${String(rounds)} rounds in turn`,
    '',
    ...describeRows(rows, invocation),
  );
  return undefined;
}

function refuseOthers({ options }: Invocation): void {
  const given = inferenceOnly.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  throw new ArgumentError({
    where: flagName(given),
    rule: 'it belongs to the timing of inference',
    received: 'it beside --training',
    remedy: 'Leave one of them out',
  });
}

async function chooseNetworks(
  { operands }: Invocation,
  { exits }: BenchTrainingOptions,
): Promise<readonly Network[]> {
  const [argument] = operands;
  if (typeof argument !== 'string') {
    if (exits === undefined) return DEFAULT_NETWORKS;
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to a network that is named',
      received: exits.join(' '),
      remedy: 'Name it: earlyexit bench resnet20_cifar --exits block3 --training',
    });
  }
  const reference = await locateNetwork(argument);
  if (reference.kind === 'registered') return [{ name: reference.name, exits: exits ?? [] }];
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'training is timed from the start: a network is named, as earlyexit models lists them',
    received: argument,
  });
}

async function chooseEngines({ engine: asked, workers }: BenchTrainingOptions): Promise<EngineName[]> {
  const { findEngines } = await import('@earlyexit/backend');
  const reports = await findEngines();
  const here = (name: EngineName): boolean =>
    reports.some((report) => report.name === name && report.available);
  if (workers !== undefined && asked !== undefined && asked !== 'wasm') {
    throw new ArgumentError({
      where: '--workers',
      rule: 'threads share a batch on the engine wasm',
      received: `--engine ${asked}`,
      remedy: 'Use --threads',
    });
  }
  if (asked === undefined || asked === 'auto')
    return (['tensorflow', 'wasm'] as const).filter((name) => here(name));
  if (here(asked)) return [asked];
  const report = reports.find(({ name }) => name === asked);
  throw new EnvironmentError({
    where: '--engine',
    rule: `the engine ${asked} is not available: ${report?.reason ?? ''}`,
    ...(report?.remedy == null ? {} : { remedy: report.remedy }),
  });
}

/** The exits of a network, for the peer. */
async function describe({ name, exits }: Network): Promise<MultiExitMetadata> {
  const { selectEngine } = await import('@earlyexit/backend');
  await selectEngine('wasm');
  const { model, metadata } = await buildNetwork({ name, exits, seed: 0 });
  model.dispose();
  return metadata;
}

/** A program whose steps are timed. */
type Timed = ChildProgram<object>;

interface Surroundings {
  readonly peer: PeerProgram | null;
  readonly rounds: number;
  readonly invocation: Invocation;
  readonly line: { update(done: number, total: number): void; done(): void };
}

async function timeSetting(
  settings: TrainingBenchSettings,
  { peer, rounds, invocation, line }: Surroundings,
): Promise<BenchTrainingRow> {
  const { output, signal } = invocation;
  const { engine: name, threads, workers, batch } = settings;
  const started: Timed[] = [];
  const start = async (what: string, command: string, args: string[]): Promise<Timed> => {
    const child = await startChildProgram<object>(what, command, args, signal);
    started.push(child);
    return child;
  };
  const orNull = async (what: string, starting: Promise<Timed>): Promise<Timed | null> => {
    try {
      return await starting;
    } catch (error) {
      signal.throwIfAborted();
      output.warn(`${what} was not timed: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  const worker = (each: TrainingBenchSettings): Promise<Timed> =>
    start('bench --training', process.execPath, [workerProgram(), JSON.stringify(each)]);
  const pytorch = (layout: string): Promise<Timed | null> =>
    peer === null
      ? Promise.resolve(null)
      : orNull(
          `PyTorch (${layout})`,
          start('the PyTorch peer', peer.interpreter, [
            ...[peer.script, 'steps', ...peer.network, '--batch', String(batch)],
            ...['--threads', String(threads * workers), '--layout', layout],
          ]),
        );
  try {
    // One after the other: a start takes all threads.
    const programs = {
      own: await worker(settings),
      // The other engines cannot train without our kernels.
      stock: name === 'tensorflow' ? await orNull('stock', worker({ ...settings, stock: true })) : null,
      eager: await pytorch('channels-last'),
      compiled: await pytorch('compiled'),
    };
    const times = {
      own: [] as number[],
      stock: [] as number[],
      eager: [] as number[],
      compiled: [] as number[],
    };
    const forward: number[] = [];
    const ask = async (program: Timed | null, question: (count: number) => string, count: number) => {
      if (program === null) return null;
      const { milliseconds } = await program.ask<{ milliseconds: number[] }>(question(count));
      return medianOf(milliseconds) / batch;
    };
    const own = (count: number): string => `steps ${String(count)}`;
    const probe = (await ask(programs.own, own, 2))! * batch;
    const count = Math.min(20, Math.max(2, Math.ceil(ROUND_MILLISECONDS / probe)));
    for (let round = 0; round < rounds; round++) {
      line.update(round, rounds);
      const values = {
        own: await ask(programs.own, own, count),
        eager: await ask(programs.eager, String, count),
        compiled: await ask(programs.compiled, String, count),
        stock: await ask(programs.stock, own, Math.min(count, 5)),
      };
      for (const [key, value] of Object.entries(values))
        if (value !== null) times[key as keyof typeof times].push(value);
      forward.push((await ask(programs.own, (n) => `forward ${String(n)}`, count))!);
    }
    line.done();
    const median = (values: readonly number[]): number | null =>
      values.length === 0 ? null : medianOf(values);
    return {
      ...{ engine: name, model: settings.model, threads, workers, batch },
      msPerImage: medianOf(times.own),
      forwardMsPerImage: medianOf(forward),
      stockMsPerImage: median(times.stock),
      peerMsPerImage: median(times.eager),
      peerCompiledMsPerImage: median(times.compiled),
      ratio: median(times.eager.map((value, round) => value / times.own[round]!)),
    };
  } finally {
    for (const child of started) child.stop();
  }
}

/** The program of `training-bench-worker.ts`, as it is built. */
function workerProgram(): string {
  const path = join(packageFolder(), 'dist', 'training-bench-worker.js');
  if (existsSync(path)) return path;
  throw new EnvironmentError({
    where: 'bench --training',
    rule: 'the program that is timed has been built',
    received: 'sources only',
    remedy: 'Run npm run build',
  });
}

function describeRows(rows: readonly BenchTrainingRow[], { output }: Invocation): string[] {
  const right = (title: string) => ({ title, align: 'right' as const });
  const optional = (value: number | null, own: number): string =>
    value === null ? '–' : `${value.toFixed(2)} (${(value / own).toFixed(2)}×)`;
  return formatTable(
    [
      { title: 'engine' },
      { title: 'network' },
      ...['threads', 'workers', 'batch', 'ms an image', 'step / forward'].map(right),
      ...['stock TensorFlow.js', 'PyTorch', 'PyTorch compiled'].map(right),
    ],
    rows.map((row) => [
      row.engine,
      row.model,
      ...[row.threads, row.workers, row.batch].map(String),
      row.msPerImage.toFixed(2),
      (row.msPerImage / row.forwardMsPerImage).toFixed(2),
      optional(row.stockMsPerImage, row.msPerImage),
      row.peerMsPerImage === null || row.ratio === null
        ? '–'
        : `${row.peerMsPerImage.toFixed(2)} (${row.ratio.toFixed(2)}×)`,
      optional(row.peerCompiledMsPerImage, row.msPerImage),
    ]),
    output.colors,
  );
}
