import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Answers,
  type ImageBatch,
  preprocess,
  type RunOptions,
  type Session,
} from '@earlyexit/inference';
import { Refusal, tooManyImages } from '../http/refusal';
import { type BatchJob, joinImages, sliceAnswers, type TakenJobs, takeJobs } from './batch-job';
import type { BatchLimits } from './batch-limits';
import { learnRunTime, type RunTime } from './run-time';
import { createArrivals } from './arrivals';

/** A run that has ended, for whoever counts. */
export interface FinishedRun {
  readonly images: number;
  readonly milliseconds: number;
}

/** Who asks, and may be gone before the answer. */
export interface Client {
  isGone: boolean;
  onGone?: () => void;
}

/** Room for the images of one request, kept from before they are read until they are answered. */
export interface Place {
  /** Whether three quarters of the room were taken by others, not long ago, or of the time that the request has. */
  readonly isPressed: boolean;
  /** Answers the images; to be called once. Rejects with a `Refusal` where their time has passed before their run. */
  run(images: ImageBatch, options: RunOptions, client?: Client): Promise<Answers>;
  /** Gives the room back; of no effect after `run`. */
  release(): void;
}

/** Forms batches across requests for one session. */
export interface Batcher {
  /**
   * Keeps room for images before any work on them begins.
   *
   * @param deadline when they have to be answered, in milliseconds of `performance.now()`
   * @throws Refusal where the queue is full, or what is ahead takes longer than the deadline allows
   */
  reserve(images: number, deadline: number): Place;
  /** Images that wait, and those that are computed. */
  readonly waiting: number;
  readonly running: number;
  /** Resolves as soon as nothing waits and nothing runs. */
  idle(): Promise<void>;
  /** Refuses whatever waits. */
  refuseAll(refusal: () => Refusal): void;
}

/** What is known, and who wants to know. */
export interface BatcherOptions {
  /** Runs that were timed before. */
  readonly timed?: readonly FinishedRun[];
  readonly onRun?: (run: FinishedRun) => void;
}

/** The share of its time by which a request should have its turn: at the last moment it is late by the client's clock. */
const IN_TIME = 0.75;

/** The share of the room, or of a request's time, from which there is pressure; and that of the room at which it ends. */
const PRESSED = 0.75;
const RELIEVED = 0.25;

/**
 * Forms batches across requests: while a batch is computed requests gather, and the next one takes them together. Where
 * nothing is computed a request is run at once, unless another is expected sooner than the time that sharing a run would
 * save; then it waits for it, at most `maxDelayMs`.
 */
export function createBatcher(
  session: Session,
  limits: Required<{ [Key in keyof BatchLimits]: number }>,
  { timed = [], onRun }: BatcherOptions = {},
): Batcher {
  const { maxBatch, maxDelayMs, queue: most } = limits;
  const time = learnRunTime();
  // From the end of a run to the end of the next one, while images wait: reading and writing take their part.
  const drain = learnRunTime();
  for (const { images, milliseconds } of timed) {
    time.observe(images, milliseconds);
    drain.observe(images, milliseconds);
  }
  const arrivals = createArrivals();
  let queue: BatchJob[] = [];
  // Images of requests that are still read or decoded.
  let reserved = 0;
  let running = 0;
  let runs = 0;
  let lastEnd = 0;
  let isFilling = false;
  // Whether the session computes elsewhere: whether this thread goes on reading in the middle of a run.
  let isAside = false;
  let timer: NodeJS.Timeout | undefined;
  const idlers: (() => void)[] = [];

  const queued = (): number => queue.reduce((sum, { count }) => sum + count, 0);
  const ahead = (): number => reserved + queued() + running;
  /** Milliseconds that images take in runs of `maxBatch`. */
  const inRuns = (learned: RunTime, images: number): number => {
    const [whole, rest] = [Math.floor(images / maxBatch), images % maxBatch];
    return whole * learned.of(maxBatch) + (rest === 0 ? 0 : learned.of(rest));
  };
  const timeOf = (images: number): number => inRuns(time, images);
  /** Milliseconds until a request that comes now has its turn. */
  const timeAhead = (): number => inRuns(drain, ahead());
  /** One run at a time; where another thread computes, the next full batch lies ready when it has done one. */
  const isBusy = (): boolean => runs >= (isAside && queued() >= maxBatch ? 2 : 1);
  const toInputs = (bytes: Uint8Array): Float32Array => preprocess(bytes, session.metadata.preprocessing!);
  const tellIdle = (): void => {
    if (runs > 0 || ahead() > 0) return;
    for (const tell of idlers.splice(0)) tell();
  };

  const late = (): Refusal =>
    new Refusal(
      503,
      'deadline',
      {
        where: 'timeout',
        rule: 'a request is answered in the time that it allows, or refused before it is computed',
        received: `${ahead()} images ahead of it, which take ${timeAhead().toFixed(0)} ms`,
        remedy: 'Try again later, or allow more time',
      },
      retryAfter(timeAhead()),
    );

  function reserve(images: number, deadline: number): Place {
    // Whose time has passed keeps nobody else out.
    if (queue.length > 0 && queue[0]!.deadline <= performance.now()) dropLate();
    const waits = reserved + queued();
    if (images > most) throw tooManyImages(images, most);
    isFilling = waits >= most * (isFilling ? RELIEVED : PRESSED);
    if (waits + images > most) {
      throw new Refusal(
        429,
        'full',
        {
          where: 'queue',
          rule: `no more than ${most} images wait for their run`,
          received: `${waits} that wait, and ${images} more`,
          remedy: 'Try again later',
        },
        retryAfter(timeAhead()),
      );
    }
    const isLate = (share: number): boolean =>
      ahead() > 0 && performance.now() + timeAhead() / share > deadline;
    // Of a server that has nothing to do nothing is refused by a guess, so that a wrong guess is found out.
    if (isLate(IN_TIME)) throw late();
    const isPressed = isFilling || isLate(IN_TIME * PRESSED);
    reserved += images;
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      reserved -= images;
      tellIdle();
    };
    return {
      isPressed,
      release,
      run: (batch, options, client) =>
        new Promise((answer, refuse) => {
          release();
          const job = {
            ...batch,
            options,
            deadline,
            key: keyOf(options),
            since: performance.now(),
            answer,
            refuse,
          };
          const leave = (): void => {
            if (!queue.includes(job)) return;
            queue = queue.filter((each) => each !== job);
            refuse(gone());
            tellIdle();
          };
          if (client?.isGone === true) {
            refuse(gone());
            tellIdle();
            return;
          }
          if (client !== undefined) client.onGone = leave;
          queue.push(job);
          arrivals.observe(batch.count, job.since);
          wake();
        }),
    };
  }

  /** Starts the next run, or waits for more images unless that was done. */
  function wake(hasWaited = false): void {
    clearTimeout(timer);
    timer = undefined;
    if (isBusy()) return;
    dropLate();
    const now = performance.now();
    const taken = takeJobs(queue, { maxBatch, now, timeOf });
    if (taken.jobs.length === 0) {
      tellIdle();
      return;
    }
    const wait = hasWaited ? 0 : worthWaiting(taken, now);
    if (wait > 0) {
      timer = setTimeout(() => {
        wake(true);
      }, wait);
      return;
    }
    void start(taken);
  }

  /** Milliseconds for which a run should wait for more images; 0 or less for not at all. */
  function worthWaiting({ jobs, images }: TakenJobs, now: number): number {
    const isWorthIt = images < maxBatch && arrivals.gap < time.fixed && jobs.length === queue.length;
    if (!isWorthIt) return 0;
    const soonest = Math.min(...jobs.map(({ deadline }) => deadline));
    const until = Math.min(jobs[0]!.since + maxDelayMs, soonest - timeOf(images + 1));
    return Math.min(until - now, 2 * arrivals.gap);
  }

  /** Refuses whose time has passed, or would before the run ends; the last one is tried whatever the guess. */
  function dropLate(): void {
    const now = performance.now();
    for (const job of [...queue]) {
      const isGuessedLate = queue.length > 1 && now + timeOf(job.count) > job.deadline;
      if (now < job.deadline && !isGuessedLate) continue;
      const refusal = late();
      queue = queue.filter((each) => each !== job);
      job.refuse(refusal);
    }
  }

  async function start({ jobs, images }: TakenJobs): Promise<void> {
    queue = queue.filter((job) => !jobs.includes(job));
    runs++;
    running += images;
    let wasFree = false as boolean;
    const middle = setTimeout(() => (wasFree = true), timeOf(images) / 2);
    await runTogether(jobs);
    clearTimeout(middle);
    isAside = wasFree;
    runs--;
    running -= images;
    // What came while an engine computed on this thread is read first.
    if (!isAside) await nextTurn();
    wake();
  }

  async function runTogether(jobs: readonly BatchJob[]): Promise<void> {
    const count = jobs.reduce((sum, job) => sum + job.count, 0);
    const started = performance.now();
    try {
      const data = joinImages(jobs, toInputs);
      const answers = await session.run({ data, count }, { ...jobs[0]!.options, batchSize: maxBatch });
      const ended = performance.now();
      const milliseconds = ended - Math.max(started, lastEnd);
      // A request may be larger than a run.
      const parts = Math.ceil(count / maxBatch);
      time.observe(count / parts, milliseconds / parts);
      // What waited when the last run ended followed it at once.
      drain.observe(count / parts, (jobs[0]!.since < lastEnd ? ended - lastEnd : milliseconds) / parts);
      lastEnd = ended;
      onRun?.({ images: count, milliseconds });
      let from = 0;
      for (const job of jobs) job.answer(sliceAnswers(answers, from, (from += job.count)));
    } catch (error) {
      if (jobs.length === 1) jobs[0]!.refuse(error);
      // Whose fault it is shows when each is run alone.
      else for (const job of jobs) await runTogether([job]);
    }
  }

  return {
    reserve,
    get waiting() {
      return reserved + queued();
    },
    get running() {
      return running;
    },
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve);
        tellIdle();
      }),
    refuseAll(refusal) {
      const refused = queue;
      queue = [];
      for (const job of refused) job.refuse(refusal());
      tellIdle();
    },
  };
}

/** Nobody reads it. */
function gone(): Refusal {
  return new Refusal(499, 'gone', { where: 'client', rule: 'it closed the connection before the answer' });
}

/** Jobs run together if their options say the same. */
function keyOf({ criterion, thresholds, temperatures, maxMacs }: RunOptions): string {
  return JSON.stringify([criterion, thresholds, temperatures, maxMacs]);
}

/** Seconds to wait, at least one: the header knows no less. */
function retryAfter(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000));
}
