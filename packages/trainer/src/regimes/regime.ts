import type { ExitCombination } from '@earlyexit/branch-head';
import type { ExitPolicy } from '@earlyexit/exit-criteria';
import type { Distillation } from '../step/joint-loss';
import type { LossWeightSchedule } from '../training/loss-weights';
import type { TrainingObjective } from './training-objective';

/**
 * Which layers a phase trains; the others stay as they are, moving statistics included. One head is the layers that its
 * exit needs, and neither the backbone nor an exit before it; ensembles are the layers in which several exits answer
 * together (`cascadeHeads`).
 */
export type TrainedPart = 'everything' | 'backbone' | 'heads' | 'ensembles' | { readonly head: number };

/** Which exits a phase computes: all, the early ones, the final one, or a single one by its index. */
export type ComputedExits = 'all' | 'early' | 'final' | { readonly exit: number };

/** A number of epochs trained in one way. A phase starts with a fresh optimizer and counts its own steps. */
export interface TrainingPhase {
  readonly name: string;
  readonly epochs: number;
  readonly trains: TrainedPart;
  readonly exits: ComputedExits;
  /** Loss weights of all K+1 exits by the progress within the phase; those of exits not computed do not count. */
  readonly lossWeights: LossWeightSchedule;
  readonly distillation: Distillation | null;
  /** `cross-entropy` unless given; distillation knows no other. */
  readonly objective?: TrainingObjective;
  /** Whether gradients are weighted where heads meet the backbone (`balanceGradients`); false unless given. */
  readonly isBalanced?: boolean;
  /** Whether the loss is of what exits answer alone, before an ensemble, which then learns nothing; false unless given. */
  readonly answersAlone?: boolean;
  /**
   * Exits that answer first, a threshold for each: the phase sees only the samples that they pass on. None unless given.
   */
  readonly passedOnBy?: Pick<ExitPolicy, 'criterion' | 'thresholds'> | null;
}

/** What a regime builds its phases from. */
export interface RegimeContext {
  /** Epochs in all. */
  readonly epochs: number;
  /** K: how many early exits there are. */
  readonly earlyExits: number;
  /** The run's loss weights. */
  readonly lossWeights: LossWeightSchedule;
  /** How the exits are combined (`exitCombination`); null, or left out, if each answers by itself. */
  readonly combination?: ExitCombination | null;
}

/** How the parts of a multi-exit network are trained, one after the other or together. */
export interface Regime {
  readonly name: string;
  /** The settings, for the record of a run: plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /**
   * The phases, whose epochs add up to `context.epochs`.
   *
   * @throws ArgumentError if the network or the epochs do not fit
   */
  phases(context: RegimeContext): readonly TrainingPhase[];
}
