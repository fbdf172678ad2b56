import { DataError, randomStream, shuffledRows } from '@earlyexit/core';
import { type CachedLogits, type ExitPolicy, type Simulation, simulate } from '@earlyexit/exit-criteria';
import { createShiftMonitor, type ShiftSignal } from './shift-monitor';

/** The result of watching answers for shift as a stream, several times in random order. */
export interface WatchedStream {
  /** At most this share of streams without a shift ever raises an alarm. */
  readonly falseAlarmRate: number;
  /** In how many random orders the answers were watched, and in how many an alarm was raised. */
  readonly orders: number;
  readonly alarms: number;
  /** How many samples a stream holds. */
  readonly samples: number;
  /** After how many samples half of the orders had raised the alarm; null if fewer did. */
  readonly medianDelay: number | null;
  /** What changed most, in the orders that raised one; null if none did. */
  readonly signal: ShiftSignal | null;
}

/** The answers that are watched. */
type StreamAnswers = Pick<Simulation, 'exitIndex' | 'classes' | 'scores'>;

/** The probability that a stream without shift, however long, ever raises an alarm. */
export const FALSE_ALARM_RATE = 0.01;
/** With fewer samples a shift cannot be told from chance. */
const FEWEST_REFERENCE_SAMPLES = 100;
// Odd, so that the median is one of them.
const ORDERS = 21;

/**
 * The answers to the calibration samples: what a stream is compared with.
 *
 * @throws DataError if there are too few of them
 */
export function referenceAnswers(calibration: CachedLogits, policy: ExitPolicy): Simulation {
  if (calibration.samples < FEWEST_REFERENCE_SAMPLES) {
    throw new DataError({
      function: 'referenceAnswers',
      argument: 'calibration',
      rule: `a shift is told from chance by comparing with at least ${String(FEWEST_REFERENCE_SAMPLES)} calibration samples`,
      received: String(calibration.samples),
      remedy: 'Train with a larger calibration split',
    });
  }
  return simulate(calibration, policy);
}

/** Watches answers in several random orders, because a data set may be sorted by class. */
export function watchStream(
  reference: StreamAnswers,
  answers: StreamAnswers,
  { exits, classes, seed = 0 }: { readonly exits: number; readonly classes: number; readonly seed?: number },
): WatchedStream {
  const strongest: ShiftSignal[] = [];
  const samples = answers.scores.length;
  const delays = Array.from({ length: ORDERS }, (_, order) => {
    const monitor = createShiftMonitor(reference, {
      exits,
      classes,
      falseAlarmRate: FALSE_ALARM_RATE,
      seed: seed + order,
    });
    const rows = shuffledRows(samples, randomStream(seed * ORDERS + order));
    const { alarmAt, evidence } = monitor.observe({
      exitIndex: rows.map((row) => answers.exitIndex[row] ?? 0),
      classes: rows.map((row) => answers.classes[row] ?? 0),
      scores: Float64Array.from(rows, (row) => answers.scores[row] ?? Number.NaN),
    });
    if (alarmAt !== null) strongest.push(mostEvident(evidence));
    return alarmAt ?? Infinity;
  }).sort((a, b) => a - b);
  const median = delays[(ORDERS - 1) / 2] ?? Infinity;
  return {
    falseAlarmRate: FALSE_ALARM_RATE,
    orders: ORDERS,
    alarms: strongest.length,
    samples,
    medianDelay: Number.isFinite(median) ? median : null,
    signal: mostFrequent(strongest),
  };
}

function mostEvident(evidence: Readonly<Record<ShiftSignal, number>>): ShiftSignal {
  const signals = Object.keys(evidence) as ShiftSignal[];
  return signals.reduce((best, signal) => (evidence[signal] > evidence[best] ? signal : best));
}

function mostFrequent(signals: readonly ShiftSignal[]): ShiftSignal | null {
  const counts = new Map<ShiftSignal, number>();
  for (const signal of signals) counts.set(signal, (counts.get(signal) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}
