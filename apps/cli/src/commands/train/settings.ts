import { join, resolve } from 'node:path';
import { ArgumentError } from '@earlyexit/core';
import {
  type DataSettings,
  networkToTrain,
  readBegunRun,
  type RegisteredLocation,
  type RunConfig,
  type SavedLocation,
} from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { checkSettings, readConfigFile } from '../../options/config-file';
import type { GivenOptions, OptionValues } from '../../options/declare-option';
import { withDefaults } from '../../options/read-options';
import { train } from './options';

type TrainOptions = (typeof train)['options'];

/** What a training goes by. */
export interface TrainSettings {
  /** With defaults, and the name of the network. */
  readonly settings: OptionValues<TrainOptions> & { readonly model: string };
  readonly network: RegisteredLocation | SavedLocation;
  /** Without defaults: what the run remembers. */
  readonly asked: GivenOptions<TrainOptions>;
  /** Of the run that is resumed. */
  readonly remembered: RunConfig | null;
  readonly runDirectory: string;
}

/**
 * Gathers the options: those of the command line come first, then those of the configuration file, then those that the
 * resumed run was begun with.
 *
 * @throws ArgumentError for a wrong option, or where no network is named; DataError where there is no run to resume
 */
export async function readSettings({
  given,
  operands,
  signal,
}: Invocation<typeof train>): Promise<TrainSettings> {
  const { config: file, ...typed } = given;
  const fromFile = file === undefined ? {} : await readConfigFile(file, train.options, signal);
  if (operands.model !== undefined && typed.model !== undefined) {
    throw new ArgumentError({
      where: 'MODEL',
      rule: 'the network is named once',
      received: `${operands.model} and --model ${typed.model}`,
      remedy: 'Leave one of them out',
    });
  }
  const { model: operand } = operands;
  const named: GivenOptions<TrainOptions> = {
    ...fromFile,
    ...typed,
    ...(operand === undefined ? {} : { model: operand }),
  };
  const known = named.model === undefined ? undefined : await networkToTrain(named.model);
  const { out = known && usualFolder(known) } = named;
  if (named.resume === true && out === undefined) {
    throw new ArgumentError({
      where: '--resume',
      rule: 'the run to go on with must be named',
      remedy: 'Add --out with its folder',
    });
  }
  const remembered = named.resume === true && out !== undefined ? await readBegunRun(out, named.model) : null;
  const asked = { ...fromRun(remembered, out), ...named };
  const { model } = asked;
  if (model === undefined) {
    throw new ArgumentError({
      where: '--model',
      rule: 'the network to train must be named',
      remedy: 'earlyexit models lists them',
    });
  }
  const settings = { ...withDefaults(train.options, asked), model };
  const network = known ?? (await networkToTrain(model));
  return { settings, network, asked, remembered, runDirectory: out ?? usualFolder(network) };
}

/** Where a run is written that nobody gave a place: a saved network stays as it is. */
function usualFolder(network: TrainSettings['network']): string {
  if (network.kind === 'registered') return join('runs', network.name);
  return `${network.path.replace(/[/\\]+$/, '')}-trained`;
}

/** The options that a later `train --config RUN/config.json` or `--resume` reads. */
export function optionsToRepeat(
  { asked, network }: TrainSettings,
  { dataset, dataDir }: DataSettings,
  workers: number,
): Record<string, unknown> {
  const { resume: _resume, dryRun: _dryRun, out: _out, watch: _watch, ...options } = asked;
  return {
    ...options,
    ...(options.workers === undefined ? {} : { workers }),
    ...{ model: network.kind === 'registered' ? network.name : resolve(network.path), dataset },
    ...(dataDir === null ? {} : { dataDir: resolve(dataDir) }),
  };
}

function fromRun(remembered: RunConfig | null, out = ''): GivenOptions<TrainOptions> {
  if (remembered === null) return {};
  const { options, engine } = remembered;
  const entries = new Map(Object.entries(options));
  // What `auto` would take may have changed since; another engine would not go on with the same numbers.
  if (engine !== null) entries.set('engine', engine.name);
  return checkSettings(entries, train.options, join(out, 'config.json'));
}
