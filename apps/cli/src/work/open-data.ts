import type { MultiExitMetadata, SampleSource } from '@earlyexit/branch-head';
import type { DataSource, Split, Splits } from '@earlyexit/datasets';
import type { DataChoice, DataSettings, OpenDataOptions } from '@earlyexit/runs';
import { naming } from '../naming';
import type { Output } from '../terminal/output';
import { showing } from '../terminal/show-work';

// @earlyexit/runs brings TensorFlow.js, which an exported file runs without: it is imported where it is needed.

/** Which data are to be opened, and how. */
export type DataRequest = DataSettings &
  Omit<OpenDataOptions, 'settings' | 'signal' | 'onProgress' | 'onNote'>;

/** The data settings of a command: its options, and for the rest what the run remembers. */
export async function resolveDataSettings(
  options: DataChoice,
  remembered: DataSettings | null,
): Promise<DataSettings> {
  const { resolveDataSettings: resolve } = await import('@earlyexit/runs');
  const { dataset, dataDir, seed, skipBroken } = options;
  return naming(optionBehind, () => resolve({ dataset, dataDir, seed, skipBroken }, remembered));
}

/** Opens a data set and cuts its splits, showing how far it has come. */
export async function openData(
  request: DataRequest,
  output: Output,
  signal: AbortSignal,
): Promise<{ readonly source: DataSource; readonly splits: Splits }> {
  const { openData: open } = await import('@earlyexit/runs');
  const { dataset, dataDir, seed, validation, calibration, skipBroken, rules, ...rest } = request;
  const settings = { dataset, dataDir, seed, validation, calibration, skipBroken, rules };
  return showing(output, signal, (work) => naming(optionBehind, () => open({ ...rest, settings, ...work })));
}

/** The option behind an argument of the library: `dataDir` is `--data-dir`. */
export function optionBehind(where: string): string {
  const [, names] = /\{ ([\w, ]+) \}/.exec(where) ?? [];
  if (names === undefined) return where;
  return names
    .split(', ')
    .map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
    .join(', ');
}

/** Refuses data that a network was not made for. */
export async function checkClasses(
  metadata: { readonly name: string; readonly classes: readonly string[] },
  source: DataSource,
): Promise<void> {
  const { checkClasses: check } = await import('@earlyexit/runs');
  await naming(optionBehind, () => {
    check(metadata, source);
  });
}

/** A split as a network takes it. */
export async function asNetworkInput(
  split: Split,
  source: DataSource,
  metadata: Pick<MultiExitMetadata, 'preprocessing'>,
): Promise<SampleSource> {
  return (await import('@earlyexit/runs')).asNetworkInput(split, source, metadata);
}
