import { ArgumentError, DataError, EarlyExitError, type WorkOptions } from '@earlyexit/core';
import { type ImageFit, readImage } from '@earlyexit/datasets';
import type { RejectMetadata } from '@earlyexit/exit-criteria';
import type { RunOptions, Session } from '@earlyexit/inference';
import { declines } from '../evaluate/measure-reject';

/** An image to classify: a path or the bytes of a file, and its name. */
export interface NamedImage {
  readonly name: string;
  readonly image: string | Uint8Array;
}

/** The answer to one image; if the image could not be read, everything is null and `error` says why. */
export interface Classification {
  /** The image's name. */
  readonly input: string;
  readonly class: number | null;
  readonly label: string | null;
  readonly probability: number | null;
  /** The index of the exit that answered, and its name. */
  readonly exit: number | null;
  readonly exitName: string | null;
  readonly score: number | null;
  readonly macs: number | null;
  /** The network's time, without reading the image; divided evenly if several images ran together. */
  readonly latencyMs: number | null;
  /** The final exit's class, for images that were `recheck`ed. */
  readonly finalClass?: number;
  /** Whether the final exit declines this answer; only if calibration let it decline. */
  readonly declined?: boolean;
  readonly error?: string;
}

/** A session and how to run it; `decideSession` returns one for exported networks. */
export interface ClassifyingSession {
  readonly session: Session;
  /** Whether thresholds are built into the network. */
  readonly isFixed: boolean;
  /** Criterion, thresholds and temperatures; unless given, those stored in the network. */
  readonly options: Pick<RunOptions, 'criterion' | 'thresholds' | 'temperatures'>;
}

/** Options of `classifyImages`. */
export interface ClassifyOptions extends WorkOptions {
  /** The number of images computed together; 1 unless given. */
  readonly batchSize?: number | undefined;
  /** Whether to swap light and dark; `auto` inverts images with a light border; false unless given. */
  readonly invert?: boolean | 'auto' | undefined;
  /** Whether an image, given its number from 0 on and its name, is also run through the whole network. */
  readonly recheck?: ((index: number, name: string) => boolean) | undefined;
  /** When the final exit declines, as calibration stored it. */
  readonly reject?: Pick<RejectMetadata, 'below'> | undefined;
}

/**
 * Classifies image files batch by batch, in order; no more than one batch is in memory. An image that cannot be read is
 * answered with an `error`, and the others go on.
 *
 * @param network a session that runs as stored in its network, or one with a policy
 * @throws ArgumentError for an invalid batch size, or rechecking if thresholds are built in; DataError if the network
 * does not say how images become its inputs, or its logits are not finite; what `session.run` throws
 */
export async function* classifyImages(
  network: Session | ClassifyingSession,
  images: Iterable<NamedImage> | AsyncIterable<NamedImage>,
  options: ClassifyOptions = {},
): AsyncGenerator<Classification> {
  const { batchSize = 1, signal } = options;
  const decided = 'session' in network ? network : { session: network, isFixed: false, options: {} };
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new ArgumentError({
      function: 'classifyImages',
      argument: 'batchSize',
      rule: 'it is a whole number of at least 1',
      received: String(batchSize),
    });
  }
  if (options.recheck !== undefined && decided.isFixed) {
    throw new ArgumentError({
      function: 'classifyImages',
      argument: 'recheck',
      rule: 'all of the network is run where thresholds can be given',
      received: 'a network with thresholds built in',
    });
  }
  await warmUp(decided);
  let batch: NamedImage[] = [];
  let first = 0;
  for await (const image of images) {
    signal?.throwIfAborted();
    batch.push(image);
    if (batch.length < batchSize) continue;
    yield* await classifyBatch(decided, batch, first, options);
    first += batch.length;
    batch = [];
  }
  if (batch.length > 0) yield* await classifyBatch(decided, batch, first, options);
}

/**
 * The first run of a network prepares its kernels, which would distort the first latency. The whole network is
 * computed, unless built-in thresholds decide otherwise.
 */
async function warmUp({ session, isFixed, options }: ClassifyingSession): Promise<void> {
  const [height, width, channels] = imageShapeOf(session);
  const never = session.metadata.exits.slice(1).map(() => 'never' as const);
  await session.run(
    { data: new Uint8Array(height * width * channels), count: 1 },
    isFixed ? options : { ...options, thresholds: never },
  );
}

async function classifyBatch(
  { session, options }: ClassifyingSession,
  batch: readonly NamedImage[],
  first: number,
  { invert = false, recheck, reject, signal }: ClassifyOptions,
): Promise<Classification[]> {
  const imageShape = imageShapeOf(session);
  const read = await Promise.all(
    batch.map(({ name, image }) =>
      readOrExplain(image, { imageShape, fit: fitOf(session), invert, name, signal }),
    ),
  );
  signal?.throwIfAborted();
  const readable = read.filter((each) => each instanceof Uint8Array);
  const how = { ...options, ...(signal && { signal }) };
  const answers = await runTogether(session, readable, how);
  let next = 0;
  const classified = batch.map(({ name }, i): Classification => {
    const image = read[i]!;
    if (!(image instanceof Uint8Array)) return { input: name, ...nothing, error: image.error };
    const answer = answers[next++]!;
    if (reject === undefined) return { input: name, ...answer };
    const isFinal = answer.exit === session.metadata.exits.length - 1;
    return { input: name, ...answer, declined: isFinal && declines(reject, answer.probability ?? 1) };
  });
  if (recheck === undefined) return classified;
  const checked = batch.flatMap(({ name }, i) =>
    read[i] instanceof Uint8Array && recheck(first + i, name) ? [i] : [],
  );
  const never = session.metadata.exits.slice(1).map(() => 'never' as const);
  const whole = await runTogether(
    session,
    checked.map((i) => read[i] as Uint8Array),
    { ...how, thresholds: never },
  );
  const finalOf = new Map(checked.map((i, k) => [i, whole[k]!.class!]));
  return classified.map((each, i) => {
    const finalClass = finalOf.get(i);
    return finalClass === undefined ? each : { ...each, finalClass };
  });
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

async function runTogether(
  session: Session,
  images: readonly Uint8Array[],
  options: RunOptions,
): Promise<Omit<Classification, 'input'>[]> {
  const [first] = images;
  if (first === undefined) return [];
  const data = new Uint8Array(images.length * first.length);
  images.forEach((image, i) => {
    data.set(image, i * first.length);
  });
  const { classes, exits } = session.metadata;
  const started = performance.now();
  const answers = await session.run({ data, count: images.length }, { ...options, batchSize: images.length });
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
}

async function readOrExplain(
  image: NamedImage['image'],
  options: Parameters<typeof readImage>[1],
): Promise<Uint8Array | { readonly error: string }> {
  try {
    return await readImage(image, options);
  } catch (error) {
    if (EarlyExitError.is(error) && error.kind === 'data') return { error: error.message };
    throw error;
  }
}

function fitOf({ metadata }: Session): ImageFit | undefined {
  const shorterSide = metadata.preprocessing?.shorterSide;
  return shorterSide === undefined ? undefined : { shorterSide };
}

function imageShapeOf({ metadata }: Session): readonly [number, number, number] {
  const { name, preprocessing } = metadata;
  if (preprocessing !== null) return preprocessing.inputShape;
  throw new DataError({
    where: name,
    rule: 'the model does not say how images become its inputs',
    remedy: 'Save it with preprocessing in its metadata',
  });
}
