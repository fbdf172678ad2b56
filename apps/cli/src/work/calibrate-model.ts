import { withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import {
  expectedCalibrationError,
  fitTemperature,
  type SearchAim,
  type ThresholdSearch,
} from '@earlyexit/calibration';
import {
  type CachedLogits,
  type CriterionName,
  type ExitPolicy,
  type ExitSummary,
  summarizeExits,
  type Threshold,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import type { Output } from '../output';
import { searchPolicy } from './policy';
import type { Workbench } from './workbench';

/** The temperature of one exit and what it does to the calibration split. */
export interface TemperatureReport {
  readonly exit: string;
  readonly temperature: number;
  readonly converged: boolean;
  /** Why the temperature stayed 1, or null. */
  readonly reason: string | null;
  readonly negativeLogLikelihoodBefore: number;
  readonly negativeLogLikelihoodAfter: number;
  readonly calibrationErrorBefore: number;
  readonly calibrationErrorAfter: number;
}

/** What calibration found. */
export interface Calibration {
  readonly cached: CachedLogits;
  readonly fits: readonly TemperatureReport[];
  readonly policy: Required<ExitPolicy>;
  /** Null where thresholds were given, or there is no early exit. */
  readonly searched: ThresholdSearch | null;
  /** On the calibration split. */
  readonly summary: ExitSummary;
}

/** Fits temperatures and finds thresholds on the calibration split; nothing is stored. */
export async function calibrateModel(
  bench: Workbench,
  goal: {
    readonly criterion: CriterionName;
    readonly aim: SearchAim;
    /** Set instead of searched for. */
    readonly thresholds?: readonly Threshold[] | undefined;
  },
  output: Output,
): Promise<Calibration> {
  const { criterion, aim } = goal;
  const { costs, model } = bench;
  const { exits } = model.metadata;
  const cached = await bench.logits('calibration');
  const fits = cached.exits.map((logits, exit) => reportFit(logits, cached, exits[exit]?.name ?? ''));
  for (const { exit, reason } of fits)
    if (reason !== null) output.warn(`${exit} keeps temperature 1: ${reason}`);
  const temperatures = fits.map((fit) => fit.temperature);
  const searched =
    goal.thresholds === undefined && exits.length > 1
      ? await searchPolicy(cached, { criterion, temperatures, costs, aim })
      : null;
  for (const note of searched?.notes ?? []) output.warn(note);
  const policy = { criterion, thresholds: goal.thresholds ?? searched?.thresholds ?? [], temperatures };
  return { cached, fits, policy, searched, summary: summarizeExits(cached, policy, costs) };
}

/** Stores a policy in the saved model. */
export async function storePolicy(
  { model, reference }: Workbench,
  policy: Required<ExitPolicy>,
): Promise<void> {
  const { criterion, thresholds, temperatures } = policy;
  await saveModel(
    withMetadata(model, { policy: { criterion, thresholds: thresholds.map(thresholdToJson), temperatures } }),
    reference.directory,
  );
}

function reportFit(
  logits: CachedLogits['exits'][number],
  { labels, classes }: CachedLogits,
  exit: string,
): TemperatureReport {
  const known = labels ?? new Int32Array();
  const fit = fitTemperature(logits, known, classes);
  const errorAt = (temperature: number): number =>
    expectedCalibrationError(logits, known, classes, { temperature });
  return {
    exit,
    temperature: fit.temperature,
    converged: fit.converged,
    reason: fit.reason,
    negativeLogLikelihoodBefore: fit.nllBefore,
    negativeLogLikelihoodAfter: fit.nllAfter,
    calibrationErrorBefore: errorAt(1),
    calibrationErrorAfter: errorAt(fit.temperature),
  };
}
