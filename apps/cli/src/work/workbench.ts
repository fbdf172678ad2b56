import type { Engine } from '@earlyexit/backend';
import type { MultiExitModel } from '@earlyexit/branch-head';
import type { CachedLogitsFile } from '@earlyexit/calibration';
import type { DataSource, Splits } from '@earlyexit/datasets';
import type { CachedLogits, ExitCosts } from '@earlyexit/exit-criteria';
import { count, duration } from '../terminal/format';
import type { EngineChoice } from '../options/option-values';
import type { Output } from '../terminal/output';
import { fingerprintModel, fingerprintSplit } from './fingerprint';
import { logitsCachePath, reuseOrComputeLogits } from './logits-cache';
import { loadReference, type LoadedModel, resolveTrainedModel } from './model-argument';
import { asNetworkInput, checkClasses, openData, resolveDataSettings } from './open-data';
import type { DataSettings } from './run-config';
import { startEngine } from './start-engine';

/** A trained network with its data and an engine: what calibration, evaluation and report begin with. */
export interface Workbench {
  readonly model: MultiExitModel;
  readonly reference: LoadedModel['reference'];
  readonly engine: Engine;
  readonly data: DataSettings;
  readonly source: DataSource;
  readonly splits: Splits;
  /** Costs of leaving, from the network's metadata. */
  readonly costs: ExitCosts;
  /** Runs a split through the network and keeps the logits of every exit; calibration's may come from the cache. */
  logits(role: 'calibration' | 'test'): Promise<CachedLogits>;
  /** The logits of the calibration split and what they belong to; a run folder keeps them and they are used again. */
  calibration(): Promise<CachedLogitsFile>;
}

/** The options of a workbench. */
export interface WorkbenchOptions {
  readonly engine?: EngineChoice | undefined;
  readonly threads?: number | undefined;
  readonly dataset?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly download?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly batchSize?: number | undefined;
}

/** Loads a trained network and its data. What can be checked before the slow work is checked first, by `check`. */
export async function openWorkbench(
  argument: string,
  options: WorkbenchOptions,
  output: Output,
  signal: AbortSignal,
  check: (model: MultiExitModel) => void = () => undefined,
): Promise<Workbench> {
  const found = await resolveTrainedModel(argument);
  const engine = await startEngine(options, output);
  const { model, reference, config } = await loadReference(found);
  check(model);
  const data = await resolveDataSettings(options, config?.data ?? null);
  const imageShape = model.metadata.preprocessing?.inputShape;
  const opened = await openData({ ...data, download: options.download, imageShape }, output, signal);
  checkClasses(model.metadata, opened.source);
  return makeWorkbench(
    { model, reference, engine, data, ...opened },
    { batchSize: options.batchSize, output, signal },
  );
}

/** A workbench of parts that are there already. */
export function makeWorkbench(
  parts: Omit<Workbench, 'costs' | 'logits' | 'calibration'>,
  { batchSize, output, signal }: { batchSize?: number | undefined; output: Output; signal: AbortSignal },
): Workbench {
  const { model, source, splits, reference, data } = parts;
  const { metadata } = model;

  async function compute(role: 'calibration' | 'test'): Promise<CachedLogits> {
    const { computeLogits } = await import('@earlyexit/branch-head');
    const split = splits[role];
    const line = output.progress(`running ${count(split.size)} ${role} images`);
    const started = performance.now();
    try {
      const cached = await computeLogits(model, await asNetworkInput(split, source, metadata), {
        ...(batchSize === undefined ? {} : { batchSize }),
        signal,
        onProgress: (done, total) => {
          line.update(done, total);
        },
      });
      line.done(
        `ran ${count(split.size)} ${role} images in ${duration((performance.now() - started) / 1000)}`,
      );
      return cached;
    } finally {
      line.done();
    }
  }

  async function calibration(): Promise<CachedLogitsFile> {
    const split = splits.calibration;
    const origin = {
      model: await fingerprintModel(model),
      split: await fingerprintSplit(split, data.dataset),
    };
    const computeFile = async (): Promise<CachedLogitsFile> => ({
      cached: await compute('calibration'),
      origin,
      sampleIds: split.ids,
    });
    if (reference.runDirectory === null) return computeFile();
    return reuseOrComputeLogits(logitsCachePath(reference.runDirectory), origin, computeFile, output);
  }

  return {
    ...parts,
    costs: { exitMacs: metadata.exits.map(({ macs }) => macs), staticMacs: metadata.staticMacs },
    logits: async (role) => (role === 'test' ? compute(role) : (await calibration()).cached),
    calibration,
  };
}
