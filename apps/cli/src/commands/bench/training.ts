import { type EngineName, findEngines, selectEngine } from '@earlyexit/backend';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import { createModel } from '@earlyexit/model-zoo';
import { findPyTorch } from '../../benchmark/pytorch';
import { timeTraining } from '../../benchmark/training-timing';
import type { Invocation } from '../../command';
import { engine } from '../../options/option-values';
import { checkValue } from '../../options/read-options';
import { locateNetwork } from '../../model/locate-model';
import { describeTraining } from './describe';
import type { TrainingRow } from './document';
import type { bench } from './options';

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

/** `earlyexit bench --training`: what a training step costs, side by side with stock TensorFlow.js and PyTorch. */
export async function benchTraining(invocation: Invocation<typeof bench>): Promise<undefined> {
  const { options, output, signal } = invocation;
  const { batches = DEFAULT_BATCHES, threads, workers = [1], rounds = DEFAULT_ROUNDS } = options;
  const networks = await chooseNetworks(invocation);
  const engines = await chooseEngines(options);
  const rows: TrainingRow[] = [];
  for (const { name: model, exits } of networks) {
    const metadata = await metadataOf({ name: model, exits });
    const peer = options.peer ? await findPyTorch(metadata, options.peerPython, output) : null;
    for (const each of engines) {
      for (const batch of batches) {
        // TensorFlow has threads inside an operation, WASM has workers that share a batch.
        const parallel =
          each === 'wasm'
            ? workers.map((count) => ({ threads: 1, workers: count }))
            : threads.map((count) => ({ threads: count, workers: 1 }));
        for (const cores of parallel) {
          const settings = { engine: each, model, exits, batch, ...cores };
          rows.push(await timeTraining(settings, { peer, rounds }, { output, signal }));
        }
      }
    }
  }
  output.json({ rows });
  output.text(...describeTraining(rows, rounds, output.colors));
  return undefined;
}

async function chooseNetworks({
  operands,
  options: { exits },
}: Invocation<typeof bench>): Promise<readonly Network[]> {
  if (operands.model === undefined) {
    if (exits === undefined) return DEFAULT_NETWORKS;
    throw new ArgumentError({
      where: '--exits',
      rule: 'exits are attached to a network that is named',
      received: exits.join(' '),
      remedy: 'Name it: earlyexit bench resnet20_cifar --exits block3 --training',
    });
  }
  const location = await locateNetwork(operands.model);
  if (location.kind === 'registered') return [{ name: location.name, exits: exits ?? [] }];
  throw new ArgumentError({
    where: 'MODEL',
    rule: 'training is timed from the start: a network is named, as earlyexit models lists them',
    received: operands.model,
  });
}

/** The engines that were asked for, or those that are here; none is started, for each is timed in a process of its own. */
async function chooseEngines({
  engine: named = 'auto',
  workers,
}: Invocation<typeof bench>['options']): Promise<EngineName[]> {
  const asked = checkValue('--engine', engine(), named);
  if (workers !== undefined && asked !== 'auto' && asked !== 'wasm') {
    throw new ArgumentError({
      where: '--workers',
      rule: 'threads share a batch on the engine wasm',
      received: `--engine ${asked}`,
      remedy: 'Use --threads',
    });
  }
  const reports = await findEngines(asked === 'auto' ? ['tensorflow', 'wasm'] : [asked]);
  const here = reports.filter(({ available }) => available).map(({ name }) => name);
  if (here.length > 0) return here;
  const [report] = reports;
  throw new EnvironmentError({
    where: '--engine',
    rule: `the engine ${asked} is not available: ${report?.reason ?? ''}`,
    ...(report?.remedy == null ? {} : { remedy: report.remedy }),
  });
}

/** The exits of a network, and whether there is such a network at all. */
async function metadataOf({ name, exits }: Network): Promise<MultiExitMetadata> {
  // It is built, and never run.
  await selectEngine('cpu');
  const { model, metadata } = createModel(name, { exits, seed: 0 });
  model.dispose();
  return metadata;
}
