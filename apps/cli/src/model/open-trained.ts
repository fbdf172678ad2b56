import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { OpenedEvaluation, ReopenOptions, SavedLocation } from '@earlyexit/runs';
import type { EngineChoice } from '../options/option-values';
import type { Output } from '../terminal/output';
import { showing } from '../terminal/show-work';
import { readEnergyModel } from './read-energy-model';
import { startEngine } from './start-engine';

/** Loads a trained network and its data. What can be checked before the slow work is checked first, by `check`. */
export async function openTrained(
  location: SavedLocation,
  { engine: asked, threads, ...options }: EvaluationOptions,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
  check: (metadata: MultiExitMetadata) => void = () => undefined,
): Promise<OpenedEvaluation> {
  const energyModel = await readEnergyModel(options.energyModel, signal);
  const { name: engine } = await startEngine({ engine: asked, threads }, output);
  const { loadRun, openEvaluation } = await import('@earlyexit/runs');
  const run = await loadRun(location);
  check(run.model.metadata);
  const { dataset, dataDir, download, seed, skipBroken, batchSize } = options;
  const choice = { dataset, dataDir, download, seed, skipBroken };
  return showing(output, signal, (work) =>
    openEvaluation(run, { ...choice, engine, batchSize, energyModel, ...work }),
  );
}

/** The options of an evaluation. */
interface EvaluationOptions extends Pick<
  ReopenOptions,
  'dataset' | 'dataDir' | 'download' | 'seed' | 'skipBroken'
> {
  readonly engine?: EngineChoice | undefined;
  readonly threads?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly energyModel?: string | undefined;
}
