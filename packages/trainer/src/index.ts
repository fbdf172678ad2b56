export type { EpochMetrics, ValidationMetrics } from './epoch/epoch-metrics';
export { epochOrder } from './seeds/epoch-order';
export type { InputThreadOptions } from './input/input-thread-options';
export type { Distillation, TemperatureAnnealing } from './step/joint-loss';
export {
  type LossWeightSchedule,
  rampLossWeights,
  resolveLossWeights,
  defaultLossWeights,
} from './training/loss-weights';
export { adam, type AdamOptions } from './optimizers/adam';
export { adamw, type AdamWOptions } from './optimizers/adamw';
export { chain } from './optimizers/chain';
export { clipByGlobalNorm } from './optimizers/clip-by-global-norm';
export type { Optimizer, OptimizerContext, OptimizerState, OptimizerUpdate } from './optimizers/optimizer';
export { sgd, type SgdOptions } from './optimizers/sgd';
export type { WeightDecayOptions } from './optimizers/weight-decay';
export { optimizerNames, type OptimizerChoice, type OptimizerName } from './recipe/create-optimizer';
export { combineExits } from './recipe/combine-exits';
export { regimeNames, type RegimeName } from './recipe/create-regime';
export { scheduleNames, type ScheduleName } from './recipe/create-schedule';
export { type RecipeSettings, type TrainingRecipe, trainingRecipe } from './recipe/training-recipe';
export { annealedDistill, type AnnealedDistillOptions } from './regimes/annealed-distill';
export { beYourOwnTeacher, type BeYourOwnTeacherOptions } from './regimes/be-your-own-teacher';
export { boosted, type BoostedOptions } from './regimes/boosted';
export { cascade, type CascadeOptions } from './regimes/cascade';
export { distill, type DistillOptions } from './regimes/distill';
export { frozen } from './regimes/frozen';
export { mixed, type MixedOptions } from './regimes/mixed';
export { gradientEquilibrium } from './regimes/gradient-equilibrium';
export { shallowDeep } from './regimes/shallow-deep';
export { joint } from './regimes/joint';
export type { ComputedExits, Regime, RegimeContext, TrainedPart, TrainingPhase } from './regimes/regime';
export type { TrainingObjective } from './regimes/training-objective';
export { twoStage, type TwoStageOptions } from './regimes/two-stage';
export { zeroTimeWaste, type ZeroTimeWasteOptions } from './regimes/zero-time-waste';
export { readEpochs } from './run-folder/read-epochs';
export { requireRunFolder } from './run-folder/run-folder';
export {
  encodeSplits,
  type IdentifiedSamples,
  SPLITS_FILE,
  splitsChecksum,
  type SplitsRecord,
} from './run-folder/splits-file';
export { constantSchedule } from './schedules/constant-schedule';
export { cosineSchedule, type CosineScheduleOptions } from './schedules/cosine-schedule';
export { oneCycleSchedule, type OneCycleScheduleOptions } from './schedules/one-cycle-schedule';
export type { Schedule } from './schedules/schedule';
export { stepSchedule, type StepScheduleOptions } from './schedules/step-schedule';
export { type WarmupLength, withWarmup } from './schedules/with-warmup';
export { createStepWindow, type StepWindow, type WindowMeans } from './epoch/step-window';
export { openStepper, type Stepper, type StepperOptions } from './training/stepper';
export { train, type TrainResult } from './training/train';
export type { EarlyStopping, TrainOptions } from './training/train-options';
export type { StepMetrics, TrainingEvent, TrainingProgress } from './training/training-event';
export type { StepStatistics } from './step/training-step';
export { chooseWorkers, type ChosenWorkers } from './workers/choose-workers';
export type { WorkersOptions } from './workers/worker-options';
