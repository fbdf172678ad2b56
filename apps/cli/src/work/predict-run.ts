import type { Readable } from 'node:stream';
import { listDatasets, listImageFiles, type Polarity } from '@earlyexit/datasets';
import { ArgumentError, DataError, EarlyExitError } from '@earlyexit/core';
import { DEFAULT_CRITERION, type ExitPolicy, neverLeave, storedPolicy } from '@earlyexit/exit-criteria';
import type { MultiExitMetadata, MultiExitModel } from '@earlyexit/branch-head';
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
import {
  checkThresholds,
  type Classification,
  classifyImages,
  type ClassifyingSession,
  inkInversion,
  monitorStream,
  type NamedImage,
  type StreamMonitor,
} from '@earlyexit/evaluation';
import { fingerprintModel, logitsCachePath, readLogits } from '@earlyexit/runs';
import { refuseOracle } from './policy';
import { startEngine } from './start-engine';

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
  const { session, monitor } = opened;
  const invert =
    options.invert === undefined
      ? opened.invert
      : options.invert === 'auto'
        ? 'auto'
        : options.invert === 'yes';
  const predictions: Classification[] = [];
  const line = output.progress('images');
  try {
    const { batchSize = 1 } = options;
    for await (const prediction of classifyImages(opened, inputs, { batchSize, invert, signal })) {
      predictions.push(prediction);
      if (prediction.error !== undefined) output.warn(prediction.error);
      else output.text(describe(prediction));
      const { input, exit, class: answer, score } = prediction;
      if (exit !== null && answer !== null && score !== null) {
        const alarm = monitor?.observe({ exit, class: answer, score }) ?? null;
        if (alarm !== null) output.warn(`at ${input}: ${alarm}`);
      }
      line.update(predictions.length, inputs.length);
    }
    line.done();
    if (monitor?.alarmed === false) output.note(`monitor: no shift seen in ${plural(monitor.seen, 'image')}`);
  } finally {
    session.dispose();
  }
  output.json(predictions);
  const failed = predictions.filter(({ error }) => error !== undefined).length;
  if (failed === 0) return exitCode.done;
  output.warn(`${plural(failed, 'image')} of ${String(predictions.length)} could not be classified`);
  return exitCode.failed;
}

/** What classifies: a session, and how it is run. */
interface Opened extends ClassifyingSession {
  /** Whether images are inverted unless an option says so. */
  readonly invert: 'auto' | false;
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
  const decided = policy ?? neverLeave(model.metadata);
  return {
    session,
    isFixed: false,
    options: decided,
    invert: inkInversion(model.metadata.preprocessing, rememberedPolarity(config)),
    monitor: options.monitor === true ? await openMonitor(model, reference, decided) : null,
  };
}

/** A monitor that compares with the logits that `calibrate` kept in the run folder. */
async function openMonitor(
  model: MultiExitModel,
  { runDirectory, argument }: LoadedModel['reference'],
  policy: ExitPolicy,
): Promise<StreamMonitor> {
  if (runDirectory === null) {
    throw new DataError({
      where: '--monitor',
      rule: 'a stream is compared with the calibration images, whose logits lie in a run folder',
      received: `${argument}, a model without its run`,
      remedy: 'Give the run folder',
    });
  }
  const path = logitsCachePath(runDirectory);
  try {
    const { cached } = await readLogits(path, { model: await fingerprintModel(model) });
    return monitorStream(cached, policy);
  } catch (cause) {
    if (!EarlyExitError.is(cause)) throw cause;
    throw new DataError({
      where: '--monitor',
      rule: 'a stream is compared with the logits of the calibration images, as calibrate keeps them',
      received: `${path}: ${cause.parts.rule}`,
      remedy: `Run earlyexit calibrate ${argument} first`,
      cause,
    });
  }
}

async function openFile(
  file: ExportedReference,
  options: z.output<typeof schema>,
  { output, signal }: Invocation,
): Promise<Opened> {
  const opened = await openOnnxModel(file, options, output, signal);
  const { preprocessing } = opened.session.metadata;
  if (
    preprocessing?.inputShape[2] === 1 &&
    preprocessing.polarity === undefined &&
    options.invert === undefined
  ) {
    output.note(
      'the file does not say which way its ink goes, so no image is inverted; for dark ink shown to a network of light ink add --invert auto',
    );
  }
  return { ...opened, invert: inkInversion(preprocessing), monitor: null };
}

/** Finds every image before the first one is classified, so that a wrong path is said at once. */
async function collectInputs(paths: readonly string[], stdin: Readable): Promise<NamedImage[]> {
  if (paths.filter((path) => path === '-').length > 1) {
    throw new ArgumentError({
      where: 'FILES',
      rule: 'standard input holds one image',
      received: '- more than once',
    });
  }
  const inputs: NamedImage[] = [];
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

/** Which way the ink goes in the data that a run remembers. */
function rememberedPolarity(config: LoadedModel['config']): Polarity | null {
  return listDatasets().find(({ name }) => name === config?.data.dataset)?.polarity ?? null;
}

function describe({ input, label, probability, exitName, macs, latencyMs }: Classification): string {
  return `${input}: ${label ?? ''} (${(probability ?? 0) > 0.9995 ? '>99.9 %' : percent(probability, 1)}), answered by ${exitName ?? ''} after ${shortMacs(macs)} MACs, ${(latencyMs ?? 0).toFixed(1)} ms`;
}
