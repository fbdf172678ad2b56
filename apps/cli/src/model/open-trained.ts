import type { Engine } from '@earlyexit/backend';
import type { MultiExitModel } from '@earlyexit/branch-head';
import type { CachedLogitsFile } from '@earlyexit/calibration';
import type { DataSource, Splits } from '@earlyexit/datasets';
import type { EvaluationOrigin } from '@earlyexit/evaluation';
import { type CachedLogits, costsOf, type ExitCosts } from '@earlyexit/exit-criteria';
import type { DataSettings, SavedLocation } from '@earlyexit/runs';
import type { EngineChoice } from '../options/option-values';
import { count } from '@earlyexit/core/format';
import type { Output } from '../terminal/output';
import { showing, type WorkSummary } from '../terminal/show-work';
import { startEngine } from './start-engine';

/** A trained network with its data and an engine: what evaluation and report begin with. */
export interface EvaluationSetup {
  readonly model: MultiExitModel;
  readonly reference: SavedLocation;
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

/** The options of an evaluation. */
export interface EvaluationSetupOptions {
  readonly engine?: EngineChoice | undefined;
  readonly threads?: number | undefined;
  readonly dataset?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly download?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly skipBroken?: boolean | undefined;
  readonly batchSize?: number | undefined;
}

/** Loads a trained network and its data. What can be checked before the slow work is checked first, by `check`. */
export async function openEvaluationSetup(
  reference: SavedLocation,
  options: EvaluationSetupOptions,
  output: Output,
  signal: AbortSignal,
  check: (model: MultiExitModel) => void = () => undefined,
): Promise<EvaluationSetup> {
  const engine = await startEngine(options, output);
  const { loadRun, openEvaluationData } = await import('@earlyexit/runs');
  const run = await loadRun(reference);
  check(run.model);
  const { engine: _engine, threads: _threads, batchSize, ...choice } = options;
  const data = await showing(output, signal, (work) => openEvaluationData(run, { ...choice, ...work }));
  const { settings, source, splits } = data;
  const parts = { model: run.model, reference, engine, data: settings, source, splits };
  return makeEvaluationSetup(parts, { batchSize, output, signal });
}

/** A setup of parts that are there already. */
export function makeEvaluationSetup(
  parts: Omit<EvaluationSetup, 'costs' | 'logits' | 'calibration'>,
  { batchSize, output, signal }: { batchSize?: number | undefined; output: Output; signal: AbortSignal },
): EvaluationSetup {
  const { model, reference, data: settings } = parts;
  const run = { model, runDirectory: reference.runDirectory };
  const data = { ...parts, settings };
  const shown = <Result>(role: string, action: Parameters<typeof showing<Result>>[2]) =>
    showing(output, signal, action, ranImages(role));
  return {
    ...parts,
    costs: costsOf(model.metadata),
    async logits(role) {
      if (role === 'calibration') return (await this.calibration()).cached;
      const { splitLogits } = await import('@earlyexit/runs');
      return shown(role, (work) => splitLogits(run, data, role, { batchSize, ...work }));
    },
    async calibration() {
      const { calibrationLogits } = await import('@earlyexit/runs');
      return shown('calibration', (work) => calibrationLogits(run, data, { batchSize, ...work }));
    },
  };
}

/** Tells how long the images of a split took. */
export function ranImages(role: string): WorkSummary {
  return ({ done }, time) => `ran ${count(done)} ${role} images in ${time}`;
}

/** What an evaluation on the test split says about where it comes from. */
export function aboutTest({ model, data, engine }: EvaluationSetup): EvaluationOrigin {
  return {
    model: model.metadata.name,
    dataset: data.dataset,
    split: 'test',
    engine: engine.name,
    exitNames: model.metadata.exits.map(({ name }) => name),
  };
}
