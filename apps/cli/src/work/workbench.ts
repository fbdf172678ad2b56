import type { Engine } from '@earlyexit/backend';
import type { MultiExitModel } from '@earlyexit/branch-head';
import type { CachedLogitsFile } from '@earlyexit/calibration';
import type { DataSource, Splits } from '@earlyexit/datasets';
import { type CachedLogits, costsOf, type ExitCosts } from '@earlyexit/exit-criteria';
import type { DataSettings } from '@earlyexit/runs';
import type { EngineChoice } from '../options/option-values';
import { count } from '../terminal/format';
import type { Output } from '../terminal/output';
import { showing, type WorkSummary } from '../terminal/show-work';
import { loadReference, type LoadedModel, resolveTrainedModel } from './model-argument';
import { checkClasses, openData, resolveDataSettings } from './open-data';
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
  readonly skipBroken?: boolean | undefined;
  readonly batchSize?: number | undefined;
}

/**
 * Loads a trained network and its data. What can be checked before the slow work is checked first, by `check`.
 *
 * @param takesOtherData whether a `dataDir` that is not that of the training holds test data, used whole
 */
export async function openWorkbench(
  argument: string,
  options: WorkbenchOptions,
  output: Output,
  signal: AbortSignal,
  check: (model: MultiExitModel) => void = () => undefined,
  takesOtherData = false,
): Promise<Workbench> {
  const found = await resolveTrainedModel(argument);
  const engine = await startEngine(options, output);
  const { model, reference, config } = await loadReference(found);
  check(model);
  const remembered = config?.data ?? null;
  const { isOtherData, openTestData } = await import('@earlyexit/runs');
  const { dataDir, ...others } = options;
  const isOther = takesOtherData && (await isOtherData(dataDir, remembered));
  const data = await resolveDataSettings(isOther ? others : options, remembered);
  const imageShape = model.metadata.preprocessing?.inputShape;
  const { readRecordedSplits } = await import('@earlyexit/runs');
  const isOwn = reference.runDirectory !== null && data.dataset === config?.data.dataset;
  const recorded = isOwn ? await readRecordedSplits(reference.runDirectory) : null;
  const opened = await openData(
    { ...data, download: options.download, imageShape, recorded },
    output,
    signal,
  );
  await checkClasses(model.metadata, opened.source);
  const splits =
    isOther && dataDir !== undefined
      ? {
          ...opened.splits,
          test: await showing(output, signal, (work) =>
            openTestData({ settings: data, ...opened }, { dataDir, ...work }),
          ),
        }
      : opened.splits;
  return makeWorkbench(
    { model, reference, engine, data, source: opened.source, splits },
    { batchSize: options.batchSize, output, signal },
  );
}

/** A workbench of parts that are there already. */
export function makeWorkbench(
  parts: Omit<Workbench, 'costs' | 'logits' | 'calibration'>,
  { batchSize, output, signal }: { batchSize?: number | undefined; output: Output; signal: AbortSignal },
): Workbench {
  const { model, reference, data: settings } = parts;
  const { metadata } = model;
  const run = { model, runDirectory: reference.runDirectory };
  const data = { ...parts, settings };
  return {
    ...parts,
    costs: costsOf(metadata),
    async logits(role) {
      if (role === 'calibration') return (await this.calibration()).cached;
      const { splitLogits } = await import('@earlyexit/runs');
      return showing(
        output,
        signal,
        (work) => splitLogits(run, data, role, { batchSize, ...work }),
        ranImages(role),
      );
    },
    async calibration() {
      const { calibrationLogits } = await import('@earlyexit/runs');
      return showing(
        output,
        signal,
        (work) => calibrationLogits(run, data, { batchSize, ...work }),
        ranImages('calibration'),
      );
    },
  };
}

/** Tells how long the images of a split took. */
export function ranImages(role: string): WorkSummary {
  return ({ done }, time) => `ran ${count(done)} ${role} images in ${time}`;
}
