import type { Readable } from 'node:stream';
import { listImageFiles, readImage } from '@earlyexit/datasets';
import { ArgumentError, DataError, EarlyExitError } from '@earlyexit/core';
import { type ExitPolicy } from '@earlyexit/exit-criteria';
import type { RunOptions, Session } from '@earlyexit/inference';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { exitCode } from '../exit-code';
import { percent, plural, shortMacs } from '../terminal/format';
import { engineOptions } from '../options/common-schemas';
import {
  criterion,
  engineOrRuntime,
  flag,
  listOf,
  oneOf,
  threshold,
  wholeNumber,
} from '../options/option-values';
import { parseOptions } from '../options/parse-options';
import { renameSpellings } from '../options/train-options';
import {
  type ExportedReference,
  findExported,
  type LoadedModel,
  loadReference,
  resolveTrainedModel,
} from './model-argument';
import { openOnnxModel } from './onnx-model';
import { modelOperand } from './operand';
import { checkThresholds } from './check-thresholds';
import { DEFAULT_CRITERION, neverLeave, refuseOracle, storedPolicy } from './policy';
import { startEngine } from './start-engine';
import { openStreamMonitor, type StreamMonitor } from './stream-monitor';

const schema = z
  .object({
    ...engineOptions,
    engine: engineOrRuntime(),
    criterion: criterion(),
    earlyexit: listOf(threshold()),
    invert: oneOf(['auto', 'yes', 'no']),
    monitor: flag(),
    batchSize: wholeNumber(),
  })
  .partial();

/** One line of `predict --json`; everything is null where the image could not be read, and `error` says why. */
interface Prediction {
  readonly input: string;
  readonly class: number | null;
  readonly label: string | null;
  readonly probability: number | null;
  /** Index of the exit that answered, and its name. */
  readonly exit: number | null;
  readonly exitName: string | null;
  readonly score: number | null;
  readonly macs: number | null;
  /** Of the network, without reading the image; shared evenly where several images ran together. */
  readonly latencyMs: number | null;
  readonly error?: string;
}

/** An image to classify: a file, or what came on standard input. */
interface Input {
  readonly name: string;
  readonly image: string | Uint8Array;
}

/** `earlyexit predict`: classifies images. */
export async function predictRun(invocation: Invocation): Promise<number> {
  const { output, signal, surroundings } = invocation;
  const argument = modelOperand(invocation);
  const options = parseOptions(schema, renameSpellings(invocation.options));
  refuseOracle(options.criterion ?? DEFAULT_CRITERION, 'Take another criterion');
  const files = invocation.operands[1] as readonly string[];
  const exported = await findExported(argument);
  if (exported !== null && options.monitor === true) {
    throw new ArgumentError({
      where: '--monitor',
      rule: 'a stream is compared with the calibration images, which an exported network does not remember',
      received: argument,
      remedy: 'Give the run folder that it was exported from',
    });
  }
  const reference = exported ?? (await resolveTrainedModel(argument));
  const inputs = await collectInputs(files, surroundings.stdin);
  const opened =
    reference.kind === 'saved'
      ? await openSaved(reference, options, invocation)
      : await openFile(reference, options, invocation);
  const { session } = opened;
  const imageShape = session.metadata.preprocessing?.inputShape;
  if (imageShape === undefined) {
    session.dispose();
    throw new DataError({
      where: argument,
      rule: 'the model does not say how images become its inputs',
      remedy: 'Save it with preprocessing in its metadata',
    });
  }
  const invert = chooseInvert(options.invert, opened.isDigits);
  const classify = createClassifier(opened, imageShape, signal);
  const predictions: Prediction[] = [];
  const add = (prediction: Prediction): void => {
    predictions.push(prediction);
    if (prediction.error !== undefined) output.warn(prediction.error);
    else output.text(describe(prediction));
    const { input, exit, class: answer, score } = prediction;
    if (exit !== null && answer !== null && score !== null)
      opened.monitor?.observe(input, { exit, class: answer, score });
  };
  try {
    await classify.warmUp();
    const { batchSize = 1 } = options;
    const line = output.progress('images');
    for (let start = 0; start < inputs.length; start += batchSize) {
      signal.throwIfAborted();
      const batch = inputs.slice(start, start + batchSize);
      const images = await Promise.all(batch.map((input) => readInput(input, imageShape, invert)));
      const answers = await classify.run(images.filter((image) => image instanceof Uint8Array));
      let next = 0;
      batch.forEach((input, i) => {
        const image = images[i];
        const answer = image instanceof Uint8Array ? answers[next++] : undefined;
        add(
          answer === undefined
            ? {
                ...nothing,
                input: input.name,
                error: image instanceof Uint8Array ? '' : (image?.error ?? ''),
              }
            : { input: input.name, ...answer },
        );
      });
      line.update(predictions.length, inputs.length);
    }
    line.done();
    opened.monitor?.finish();
  } finally {
    session.dispose();
  }
  output.json(predictions);
  const failed = predictions.filter(({ error }) => error !== undefined).length;
  if (failed === 0) return exitCode.done;
  output.warn(`${plural(failed, 'image')} of ${String(predictions.length)} could not be classified`);
  return exitCode.failed;
}

/** What classifies: a session, and the options of its runs. */
interface Opened {
  readonly session: Session;
  readonly policy: RunOptions;
  /** With thresholds under which nobody leaves early, where they can be chosen: the whole network computes. */
  readonly everything: RunOptions;
  /** Whether it was trained on MNIST. */
  readonly isDigits: boolean;
  /** Watches the answers, where that was asked for. */
  readonly monitor: StreamMonitor | null;
}

async function openSaved(
  reference: LoadedModel['reference'],
  options: z.output<typeof schema>,
  { output }: Invocation,
): Promise<Opened> {
  await startEngine(options, output);
  const { model, config } = await loadReference(reference);
  const policy = choosePolicy(model.metadata, options);
  if (policy === null)
    output.warn(
      'the model is not calibrated: nobody leaves early. Run earlyexit calibrate first, or give --earlyexit',
    );
  // Not imported at the top: an exported file runs without TensorFlow.js.
  const { createSession } = await import('@earlyexit/inference/tfjs');
  const session = createSession(model);
  const never = neverLeave(model.metadata);
  const monitor =
    options.monitor === true ? await openStreamMonitor(model, reference, policy ?? never, output) : null;
  return {
    session,
    policy: policy ?? never,
    everything: { ...policy, thresholds: never.thresholds },
    isDigits: config?.data.dataset === 'mnist',
    monitor,
  };
}

async function openFile(
  file: ExportedReference,
  options: z.output<typeof schema>,
  { output, signal }: Invocation,
): Promise<Opened> {
  const { session, options: policy, isFixed } = await openOnnxModel(file, options, output, signal);
  const { classes, exits, preprocessing } = session.metadata;
  return {
    session,
    policy,
    everything: isFixed ? policy : { ...policy, thresholds: exits.slice(1).map(() => 'never') },
    // A file does not say what it was trained on.
    isDigits: preprocessing?.inputShape[2] === 1 && classes.join() === '0,1,2,3,4,5,6,7,8,9',
    monitor: null,
  };
}

const nothing = {
  class: null,
  label: null,
  probability: null,
  exit: null,
  exitName: null,
  score: null,
  macs: null,
  latencyMs: null,
} as const;

function createClassifier(
  { session, policy, everything }: Opened,
  imageShape: readonly [number, number, number],
  signal: AbortSignal,
) {
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  const { classes, exits } = session.metadata;
  return {
    /** The first run of a network prepares its kernels: it would spoil the first latency. */
    async warmUp(): Promise<void> {
      await session.run({ data: new Uint8Array(size), count: 1 }, everything);
    },
    async run(images: readonly Uint8Array[]): Promise<Omit<Prediction, 'input'>[]> {
      if (images.length === 0) return [];
      const data = new Uint8Array(images.length * size);
      images.forEach((image, i) => {
        data.set(image, i * size);
      });
      const started = performance.now();
      const answers = await session.run(
        { data, count: images.length },
        { ...policy, batchSize: images.length, signal },
      );
      const latencyMs = (performance.now() - started) / images.length;
      return images.map((_, i) => {
        const answer = answers.classes[i] ?? 0;
        const exit = answers.exits[i] ?? 0;
        return {
          class: answer,
          label: classes[answer] ?? String(answer),
          probability: answers.probabilities[i] ?? null,
          exit,
          exitName: exits[exit]?.name ?? '',
          score: answers.scores[i] ?? null,
          macs: answers.macs[i] ?? null,
          latencyMs,
        };
      });
    },
  };
}

async function readInput(
  { name, image }: Input,
  imageShape: readonly [number, number, number],
  invert: boolean | 'auto',
): Promise<Uint8Array | { error: string }> {
  try {
    return await readImage(image, { imageShape, invert, name });
  } catch (error) {
    if (EarlyExitError.is(error) && error.kind === 'data') return { error: error.message };
    throw error;
  }
}

/** Finds every image before the first one is classified, so that a wrong path is said at once. */
async function collectInputs(paths: readonly string[], stdin: Readable): Promise<Input[]> {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new ArgumentError({
      where: 'FILES',
      rule: 'standard input holds one image',
      received: '- more than once',
    });
  }
  const inputs: Input[] = [];
  for (const path of paths) {
    if (path === '')
      throw new ArgumentError({ where: 'FILES', rule: 'a path is not empty', received: 'an empty text' });
    if (path === '-') inputs.push({ name: '-', image: await readAll(stdin) });
    else for (const file of await listImageFiles(path)) inputs.push({ name: file, image: file });
  }
  return inputs;
}

// More than any photograph, less than what would exhaust the memory.
const LARGEST_STDIN_BYTES = 512 * 2 ** 20;

async function readAll(stdin: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > LARGEST_STDIN_BYTES) {
      throw new DataError({
        where: 'standard input',
        rule: 'an image takes at most 512 MiB',
        received: 'more',
      });
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function choosePolicy(
  metadata: MultiExitMetadata,
  {
    criterion: asked,
    earlyexit,
  }: { criterion?: ExitPolicy['criterion'] | undefined; earlyexit?: ExitPolicy['thresholds'] | undefined },
): ExitPolicy | null {
  const stored = storedPolicy(metadata);
  const name = asked ?? stored?.criterion ?? DEFAULT_CRITERION;
  if (earlyexit !== undefined) {
    const policy = checkThresholds(metadata.exits, name, earlyexit);
    return stored?.temperatures === undefined ? policy : { ...policy, temperatures: stored.temperatures };
  }
  if (asked !== undefined && asked !== stored?.criterion) {
    throw new ArgumentError({
      where: '--criterion',
      rule:
        stored === null
          ? 'the model has no thresholds yet'
          : `the model's thresholds are for ${stored.criterion}`,
      received: asked,
      remedy: 'Add --earlyexit with one threshold per early exit, or calibrate the model for it',
    });
  }
  return stored ?? (metadata.exits.length === 1 ? neverLeave(metadata) : null);
}

function chooseInvert(asked: 'auto' | 'yes' | 'no' | undefined, isDigits: boolean): boolean | 'auto' {
  if (asked !== undefined) return asked === 'auto' ? 'auto' : asked === 'yes';
  // MNIST's digits are light on dark; people write and photograph dark on light.
  return isDigits ? 'auto' : false;
}

function describe({ input, label, probability, exitName, macs, latencyMs }: Prediction): string {
  return `${input}: ${label ?? ''} (${(probability ?? 0) > 0.9995 ? '>99.9 %' : percent(probability, 1)}), answered by ${exitName ?? ''} after ${shortMacs(macs)} MACs, ${(latencyMs ?? 0).toFixed(1)} ms`;
}
