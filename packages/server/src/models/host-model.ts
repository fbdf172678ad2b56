import { ArgumentError } from '@earlyexit/core';
import { inkInversion, type RunOptions, type Session } from '@earlyexit/inference';
import type { BatchLimits } from '../batching/batch-limits';
import { type Batcher, createBatcher, type FinishedRun } from '../batching/create-batcher';
import { refusalOf } from '../http/refusal';
import { describeInputs, type ModelInputs } from '../protocol/input-tensors';
import { type ShiftWatch, watchShift } from './watch-shift';
import type { RelaxedOptions, ServedModel } from './served-model';

/** A model with what stands before it. */
export interface HostedModel {
  readonly name: string;
  readonly version: string;
  readonly session: Session;
  readonly batcher: Batcher;
  readonly inputs: ModelInputs;
  readonly inputShape: readonly number[];
  readonly invert: boolean | 'auto';
  readonly maxImages: number;
  /** How it runs under pressure; null where nobody said. */
  readonly relaxed: RelaxedOptions | null;
  /** Null where nobody watches. */
  readonly shift: ShiftWatch | null;
  /**
   * How a request runs: as the model does, and otherwise as it says.
   *
   * @throws Refusal if the model cannot run so
   */
  optionsFor(asked: Pick<RunOptions, 'thresholds' | 'maxMacs'>): Promise<RunOptions>;
}

/** What all models of a server share. */
export interface HostingOptions {
  readonly limits: Required<{ [Key in keyof BatchLimits]: number }>;
  /** The most multiply-accumulates of an image, whatever a request says. */
  readonly maxMacs: number | undefined;
  readonly onRun: (run: FinishedRun & { readonly name: string; readonly version: string }) => void;
}

// They are parts of addresses.
const NAME = /^[\w][\w.:-]{0,199}$/;

/**
 * Prepares a model to be served: its inputs, its batches, and a first run that prepares its kernels and is timed.
 *
 * @throws ArgumentError for a name or a version that cannot be part of an address, or options that do not fit the model
 */
export async function hostModel(
  model: ServedModel,
  { limits, maxMacs, onRun }: HostingOptions,
): Promise<HostedModel> {
  const { session, options = {}, version = '1' } = model;
  const { metadata } = session;
  const name = model.name ?? metadata.name;
  for (const [argument, value] of Object.entries({ name, version })) {
    if (NAME.test(value)) continue;
    throw new ArgumentError({
      ...{ function: 'createServer', argument },
      rule: 'it is a part of addresses: letters, digits and . _ - :, at most 200',
      received: value.slice(0, 300),
    });
  }
  const inputShape = model.inputShape ?? inputShapeOf(session);
  const own = { ...options, ...(maxMacs === undefined ? {} : { maxMacs }) };
  const timed = await warmUp(session, own, inputShape, limits);
  const { relaxed = null } = model;
  /** A run of no images checks its options, before they get among those of others. */
  const check = (asked: RunOptions) => session.run({ data: new Float32Array(0), count: 0 }, asked);
  if (relaxed !== null) await check({ ...own, ...relaxed.policy });
  const checked = new Set<string>();
  return {
    ...{ name, version, session, inputShape },
    invert: model.invert ?? inkInversion(metadata.preprocessing),
    inputs: describeInputs(inputShape, metadata.preprocessing !== null),
    maxImages: limits.queue,
    relaxed,
    shift: model.monitor === undefined ? null : watchShift(model.monitor),
    batcher: createBatcher(session, limits, {
      timed,
      onRun(run) {
        onRun({ ...run, name, version });
      },
    }),
    async optionsFor({ thresholds, maxMacs: cap }) {
      const asked = {
        ...own,
        ...(thresholds === undefined ? {} : { thresholds }),
        ...(cap === undefined ? {} : { maxMacs: Math.min(cap, maxMacs ?? Infinity) }),
      };
      const key = JSON.stringify([thresholds, cap]);
      if (checked.has(key) || (thresholds === undefined && cap === undefined)) return asked;
      try {
        await check(asked);
      } catch (error) {
        throw refusalOf(error, 'parameters');
      }
      if (checked.size < 1000) checked.add(key);
      return asked;
    },
  };
}

/**
 * The first run of a network prepares its kernels, for which no request should wait. Two more are timed, so that there is
 * something to expect of the next ones.
 */
async function warmUp(
  session: Session,
  options: RunOptions,
  inputShape: readonly number[],
  { maxBatch }: HostingOptions['limits'],
): Promise<FinishedRun[]> {
  const size = inputShape.reduce((product, side) => product * side, 1);
  const runs: FinishedRun[] = [];
  for (const images of [1, 1, Math.min(maxBatch, 8)]) {
    const started = performance.now();
    await session.run({ data: new Float32Array(size * images), count: images }, options);
    runs.push({ images, milliseconds: performance.now() - started });
  }
  return runs.slice(1);
}

function inputShapeOf(session: Session): readonly number[] {
  const { preprocessing, name } = session.metadata;
  if (preprocessing !== null) return preprocessing.inputShape;
  // Sessions of exported files know it without.
  const { file } = session as { file?: { inputShape?: readonly number[] } };
  if (file?.inputShape !== undefined) return file.inputShape;
  throw new ArgumentError({
    ...{ function: 'createServer', argument: 'inputShape' },
    rule: `${name} does not say what an image is`,
    received: 'none',
    remedy: 'Give it: height, width, channels',
  });
}
