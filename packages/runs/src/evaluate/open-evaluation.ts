import type { WorkOptions } from '@earlyexit/core';
import type { EvaluationOrigin } from '@earlyexit/evaluation';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import { type EnergyModel, estimateEnergy, profileModel } from '@earlyexit/profiler';
import type { OpenedData } from '../open-data';
import { openEvaluationData } from '../open-evaluation-data';
import type { Run } from '../open-run';
import type { ReopenOptions } from '../reopen-splits';
import { calibrationLogits, splitLogits } from '../split-logits';

/** A trained network and its data: what `evaluateRun`, `compareRun` and `reportOnRun` begin with. */
export interface OpenedEvaluation extends Run {
  readonly data: OpenedData;
  /** What an evaluation says of itself. */
  readonly about: EvaluationOrigin;
  readonly batchSize?: number | undefined;
  /** Runs a split and gives the logits of every exit; those of calibration are kept in the run folder. */
  logits(role: 'calibration' | 'test', work?: WorkOptions): Promise<CachedLogits>;
}

/** Options of `openEvaluation`: what is left out is as it was in the training. */
export interface OpenEvaluationOptions extends ReopenOptions {
  /** The name of the running engine: what the documents say of themselves. */
  readonly engine: string;
  /** Samples a forward pass; 128 unless given. */
  readonly batchSize?: number | undefined;
  /** By what energy is estimated; `horowitz45nm` unless given. */
  readonly energyModel?: EnergyModel | undefined;
  /** The data, where they are open already. */
  readonly data?: OpenedData | undefined;
  /** The logits of the calibration split, where they are known already. */
  readonly calibration?: CachedLogits | undefined;
}

/**
 * Opens the data that a trained network is evaluated on; see `openEvaluationData`.
 *
 * @throws what `openEvaluationData` throws
 */
export async function openEvaluation(run: Run, options: OpenEvaluationOptions): Promise<OpenedEvaluation> {
  const { engine, batchSize, calibration, data: known, energyModel, ...reopen } = options;
  const data = known ?? (await openEvaluationData(run, reopen));
  const { name, exits } = run.model.metadata;
  const { dataset } = data.settings;
  return {
    ...run,
    ...{ data, batchSize },
    about: {
      ...{ model: name, dataset, split: 'test', engine, exitNames: exits.map((exit) => exit.name) },
      energy: estimateEnergy(profileModel(run.model.model), { energyModel }),
    },
    async logits(role, work = {}) {
      if (role === 'test') return splitLogits(run, data, role, { batchSize, ...work });
      return calibration ?? (await calibrationLogits(run, data, { batchSize, ...work })).cached;
    },
  };
}
