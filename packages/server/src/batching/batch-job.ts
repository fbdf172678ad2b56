import type { Answers, ImageBatch, RunOptions } from '@earlyexit/inference';

/** The images of one request, on their way to their answers. */
export interface BatchJob extends ImageBatch {
  /** How they are to be run; jobs with the same key may share a run. */
  readonly options: RunOptions;
  readonly key: string;
  /** When they have to be answered, in milliseconds of `performance.now()`; Infinity for whenever. */
  readonly deadline: number;
  /** When they came. */
  readonly since: number;
  /** Gives the answers. */
  readonly answer: (answers: Answers) => void;
  readonly refuse: (error: unknown) => void;
}

/** The jobs of a run and the images in them. */
export interface TakenJobs {
  readonly jobs: readonly BatchJob[];
  readonly images: number;
}

/**
 * Chooses what the next run computes: the oldest job, and those behind it with the same options, as many as fit, and no
 * more than leave every one of them in time.
 *
 * @param timeOf milliseconds that a run of so many images takes
 */
export function takeJobs(
  queue: readonly BatchJob[],
  {
    maxBatch,
    now,
    timeOf,
  }: { readonly maxBatch: number; readonly now: number; readonly timeOf: (images: number) => number },
): TakenJobs {
  const [first] = queue;
  if (first === undefined) return { jobs: [], images: 0 };
  const jobs: BatchJob[] = [first];
  let images = first.count;
  let deadline = first.deadline;
  for (const job of queue.slice(1)) {
    if (images >= maxBatch) break;
    const together = images + job.count;
    const soonest = Math.min(deadline, job.deadline);
    if (job.key !== first.key || together > maxBatch || now + timeOf(together) > soonest) continue;
    jobs.push(job);
    [images, deadline] = [together, soonest];
  }
  return { jobs, images };
}

/** The images of several jobs, one after the other: as they are where all are of one kind, else all as inputs. */
export function joinImages(
  jobs: readonly BatchJob[],
  toInputs: (bytes: Uint8Array) => Float32Array,
): Float32Array | Uint8Array {
  const [first] = jobs;
  if (first !== undefined && jobs.length === 1) return first.data;
  const length = jobs.reduce((sum, { data }) => sum + data.length, 0);
  const areBytes = jobs.every(({ data }) => data instanceof Uint8Array);
  const joined = areBytes ? new Uint8Array(length) : new Float32Array(length);
  let offset = 0;
  for (const { data } of jobs) {
    joined.set(areBytes || data instanceof Float32Array ? data : toInputs(data), offset);
    offset += data.length;
  }
  return joined;
}

/** The answers to the images from one to before another. */
export function sliceAnswers(answers: Answers, from: number, to: number): Answers {
  const classes = answers.count === 0 ? 0 : answers.logits.length / answers.count;
  return {
    count: to - from,
    classes: answers.classes.subarray(from, to),
    exits: answers.exits.subarray(from, to),
    scores: answers.scores.subarray(from, to),
    probabilities: answers.probabilities.subarray(from, to),
    logits: answers.logits.subarray(from * classes, to * classes),
    macs: answers.macs.subarray(from, to),
  };
}
