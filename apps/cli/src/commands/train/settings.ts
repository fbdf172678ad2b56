import { join } from 'node:path';
import { ArgumentError, DataError } from '@earlyexit/core';
import { kindOfPath } from '@earlyexit/core/node';
import { readRunConfig, type RunConfig } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { checkSettings, readConfigFile } from '../../options/config-file';
import type { GivenOptions, OptionValues } from '../../options/declare-option';
import { withDefaults } from '../../options/read-options';
import { train } from './options';

/** Options of `train` as they were given, wherever. */
export type GivenSettings = GivenOptions<(typeof train)['options']>;

/** What a training goes by. */
export interface TrainSettings {
  /** With defaults, and the name of the network. */
  readonly settings: OptionValues<(typeof train)['options']> & { readonly model: string };
  /** Without defaults: what the run remembers. */
  readonly asked: GivenSettings;
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
export async function readSettings({ given, signal }: Invocation<typeof train>): Promise<TrainSettings> {
  const { config: file, ...typed } = given;
  const fromFile = file === undefined ? {} : await readConfigFile(file, train.options, signal);
  const named: GivenSettings = { ...fromFile, ...typed };
  const { out = named.model === undefined ? undefined : join('runs', named.model) } = named;
  const remembered = named.resume === true ? await readBegun(out, named) : null;
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
  return { settings, asked, remembered, runDirectory: out ?? join('runs', model) };
}

/** What the run to be resumed remembers; null where there is none and `named` says enough to begin one. */
async function readBegun(out: string | undefined, named: GivenSettings): Promise<RunConfig | null> {
  if (out === undefined) {
    throw new ArgumentError({
      where: '--resume',
      rule: 'the run to go on with must be named',
      remedy: 'Add --out with its folder',
    });
  }
  const remembered = await readRunConfig(out);
  if (named.model !== undefined || remembered?.options['model'] !== undefined) return remembered;
  const kind = await kindOfPath(out);
  if (remembered === null) {
    throw new DataError({
      where: out,
      rule: 'there is no run here to go on with',
      received: kind === null ? 'nothing at this path' : `a ${kind} without config.json`,
      remedy: 'Name its folder with --out, or leave --resume out and name a --model to begin one',
    });
  }
  throw new DataError({
    where: join(out, 'config.json'),
    rule: 'only the program that began this run knows how to go on with it: it was not earlyexit train',
    remedy: 'Go on there, with the option resume of train()',
  });
}

function fromRun(remembered: RunConfig | null, out = ''): GivenSettings {
  if (remembered === null) return {};
  const { options, engine } = remembered;
  const entries = new Map(Object.entries(options));
  // What `auto` would take may have changed since; another engine would not go on with the same numbers.
  if (engine !== null) entries.set('engine', engine.name);
  return checkSettings(entries, train.options, join(out, 'config.json'));
}
