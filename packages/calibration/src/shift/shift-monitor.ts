import { ArgumentError, DataError, randomStream, shuffledRows } from '@earlyexit/core';
import { type Simulation } from '@earlyexit/exit-criteria';
import { type ConformalCounter, createConformalCounter } from './conformal-counter';
import { visibleDistance } from './shift-at-horizon';
import { createRankBettor, type RankBettor } from './rank-bettor';

/** What a monitor watches. */
export type ShiftSignal = 'exits' | 'scores' | 'classes';

/** How things stand after the samples observed so far. */
export interface ShiftReport {
  /** Whether the stream has departed from the reference; once raised, the alarm stays. */
  readonly alarm: boolean;
  /** How many samples had been observed when it was raised; `null` while it is not. */
  readonly alarmAt: number | null;
  readonly observed: number;
  /** Wealth won against each signal, 1 at the start; the alarm is raised when their mean reaches 1 / falseAlarmRate. */
  readonly evidence: Readonly<Record<ShiftSignal, number>>;
  /** What this means, in words. */
  readonly message: string;
  /** A note if the reference is too small to show small shifts, otherwise null. */
  readonly note: string | null;
}

/** Watches a stream of answers. */
export interface ShiftMonitor {
  /** Takes the next answers, in the order in which they came. */
  observe(answers: Pick<Simulation, 'exitIndex' | 'classes' | 'scores'>): ShiftReport;
}

/** The number of exits and classes, and how often a false alarm may be raised. */
export interface ShiftMonitorOptions {
  /** How many exits there are, the final one included. */
  readonly exits: number;
  readonly classes: number;
  /** The probability that a stream without shift, however long, ever raises the alarm; 0.01 unless given. */
  readonly falseAlarmRate?: number;
  /** Splits the reference and breaks ties; 0 unless given. */
  readonly seed?: number;
}

const FEWEST_SAMPLES = 100;
// With fewer, a difference of about a twentieth between the distributions is lost in the reference's own scatter.
const AMPLE_SAMPLES = 5_000;
// A fifth of the reference determines the score bins; the stream is ranked among the rest.
const BINNING_SHARE = 0.2;
const SCORE_BINS = 40;
// One gambler sees an abrupt change soon, the other eventually sees a slight one.
const MEMORIES = [200, 2_000];

/**
 * Watches whether a stream of answers still looks like the calibration samples: where samples leave, how sure the
 * answers are, and which classes they name. It is a sequential test: it may be checked after every sample, and a stream
 * that has not shifted ever raises the alarm with probability at most `falseAlarmRate`, whatever the distribution.
 * After an alarm no promise made on the calibration samples holds any longer.
 *
 * It sees only the answers: a shift that changes none of the three signals goes unnoticed.
 *
 * @param reference The answers to the calibration samples, under the policy that is in use.
 * @throws DataError if the reference has fewer than 100 samples or scores that are NaN; ArgumentError if something is
 * out of range.
 */
export function createShiftMonitor(
  reference: Pick<Simulation, 'exitIndex' | 'classes' | 'scores'>,
  options: ShiftMonitorOptions,
): ShiftMonitor {
  const { exits, classes, falseAlarmRate = 0.01, seed = 0 } = options;
  if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
    throw new ArgumentError({
      where: 'createShiftMonitor: falseAlarmRate',
      rule: 'a number between 0 and 1',
      received: String(falseAlarmRate),
    });
  }
  const size = reference.scores.length;
  if (size < FEWEST_SAMPLES) {
    throw new DataError({
      where: 'createShiftMonitor',
      rule: `a reference of at least ${FEWEST_SAMPLES} samples is needed to tell a shift from chance`,
      received: String(size),
    });
  }
  checkAnswers(reference, exits, classes);
  const random = randomStream(seed);
  const order = shuffledRows(size, random);
  const binning = Math.round(size * BINNING_SHARE);
  const edges = quantiles(Array.from(order.subarray(0, binning), (row) => reference.scores[row]!));
  const kept = order.slice(binning);
  const signals: Record<ShiftSignal, Signal> = {
    exits: createSignal(
      exits,
      kept.map((row) => reference.exitIndex[row]!),
    ),
    scores: createSignal(
      edges.length + 1,
      kept.map((row) => binOf(edges, reference.scores[row]!)),
    ),
    classes: createSignal(
      classes,
      kept.map((row) => reference.classes[row]!),
    ),
  };

  let observed = 0;
  let alarmAt: number | null = null;
  return {
    observe(answers) {
      checkAnswers(answers, exits, classes);
      answers.scores.forEach((score, row) => {
        observed++;
        play(signals.exits, answers.exitIndex[row]!, random());
        play(signals.scores, binOf(edges, score), random());
        play(signals.classes, answers.classes[row]!, random());
        const { exits: a, scores: b, classes: c } = signals;
        if ((a.wealth + b.wealth + c.wealth) / 3 >= 1 / falseAlarmRate) alarmAt ??= observed;
      });
      const evidence = {
        exits: signals.exits.wealth,
        scores: signals.scores.wealth,
        classes: signals.classes.wealth,
      };
      return {
        alarm: alarmAt !== null,
        alarmAt,
        observed,
        evidence,
        message: describe(evidence, alarmAt, falseAlarmRate),
        note: noteSize(size, falseAlarmRate),
      };
    },
  };
}

interface Signal {
  readonly counter: ConformalCounter;
  readonly bettors: readonly RankBettor[];
  wealth: number;
}

function createSignal(categories: number, reference: Int32Array): Signal {
  return {
    counter: createConformalCounter(categories, reference),
    bettors: MEMORIES.map(createRankBettor),
    wealth: 1,
  };
}

function play(signal: Signal, category: number, tie: number): void {
  const rank = signal.counter.rank(category, tie);
  signal.wealth = signal.bettors.reduce((sum, bettor) => sum + bettor.bet(rank), 0) / signal.bettors.length;
}

/** Edges that cut the values into bins of about equal counts; fewer where values repeat. */
function quantiles(values: readonly number[]): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const cuts = Array.from({ length: SCORE_BINS - 1 }, (_, i) => {
    return sorted[Math.floor(((i + 1) * sorted.length) / SCORE_BINS)]!;
  });
  return Float64Array.from(new Set(cuts));
}

function binOf(edges: Float64Array, score: number): number {
  let bin = 0;
  while (bin < edges.length && score >= edges[bin]!) bin++;
  return bin;
}

function checkAnswers(
  { exitIndex, classes, scores }: Pick<Simulation, 'exitIndex' | 'classes' | 'scores'>,
  exitCount: number,
  classCount: number,
): void {
  const broken = scores.findIndex((score) => Number.isNaN(score));
  if (broken >= 0) {
    throw new DataError({
      where: 'shift monitor',
      rule: 'scores are numbers',
      received: `NaN for answer ${broken}`,
    });
  }
  const isOutside = (values: Int32Array, end: number): boolean =>
    values.some((value) => value < 0 || value >= end);
  if (
    exitIndex.length !== scores.length ||
    classes.length !== scores.length ||
    isOutside(exitIndex, exitCount) ||
    isOutside(classes, classCount)
  ) {
    throw new ArgumentError({
      where: 'shift monitor',
      rule: `every answer has a score, an exit below ${exitCount} and a class below ${classCount}`,
      received: `${exitIndex.length} exits, ${classes.length} classes and ${scores.length} scores`,
    });
  }
}

function describe(evidence: Record<ShiftSignal, number>, alarmAt: number | null, rate: number): string {
  if (alarmAt === null) return 'No shift seen: the answers look like those to the calibration samples';
  const words: Record<ShiftSignal, string> = {
    exits: 'where samples leave',
    scores: 'how sure the answers are',
    classes: 'what samples are taken for',
  };
  const [strongest] = (Object.keys(words) as ShiftSignal[]).sort((a, b) => evidence[b] - evidence[a]);
  return (
    `The stream has shifted, seen after ${alarmAt} samples, most of all in ${words[strongest!]}: what was promised ` +
    `on the calibration samples no longer holds (false alarms: at most ${Number((100 * rate).toPrecision(6))} % of streams)`
  );
}

function noteSize(size: number, falseAlarmRate: number): string | null {
  if (size >= AMPLE_SAMPLES) return null;
  // An endless stream against the part that it is ranked among.
  const visible = visibleDistance(size * (1 - BINNING_SHARE), Number.MAX_SAFE_INTEGER, falseAlarmRate);
  return (
    `The reference of ${size} samples hides shifts that change the share of any kind of answer by less than about ` +
    `${(100 * visible).toFixed(0)} points; ${AMPLE_SAMPLES} samples show smaller ones, and so does a look at a fixed ` +
    'number of answers (shiftAtHorizon)'
  );
}
