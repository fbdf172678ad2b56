import { ArgumentError, DataError } from '@earlyexit/core';
import { checkProbability } from '../checks';

/** The loss allowed, and how often a false alarm may be raised. */
export interface LossMonitorOptions {
  /** The risk that was promised: the mean loss is to stay at most this, between 0 and 1. */
  readonly risk: number;
  /** The probability that a stream that keeps the risk, however long, ever raises the alarm; 0.01 unless given. */
  readonly falseAlarmRate?: number;
}

/** How things stand after the labels seen so far. */
export interface LossReport {
  /** Whether the risk is above what was promised; once raised, the alarm stays. */
  readonly alarm: boolean;
  /** How many labels had been seen when it was raised; `null` while it is not. */
  readonly alarmAt: number | null;
  /** The number of losses seen, and their mean; NaN without any. */
  readonly observed: number;
  readonly meanLoss: number;
  /** Wealth won against "the risk is kept", 1 at the start; the alarm is raised at 1 / falseAlarmRate. */
  readonly evidence: number;
  /** What this means, in words. */
  readonly message: string;
}

/** Watches losses, as labels come in. */
export interface LossMonitor {
  /** Takes the next losses, each from −1 to 1, in the order of their answers; `null` where the label is unknown. */
  observe(losses: Iterable<number | null>): LossReport;
}

// A loss is at least −1, so that 1 + λ · (loss − risk) stays positive for λ < 1/(1 + risk). Shares of that bound: small
// stakes eventually find a slight excess, large ones quickly find a large one.
const STAKES = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8];

/**
 * Watches the loss itself, with the occasional label: for consistency, run the final exit on some of the samples; for
 * the gap, label some. An e-process (Waudby-Smith and Ramdas, JRSS-B 2024; restarts as in e-detectors, Shin, Ramdas and
 * Rinaldo, 2024): a gambler bets λ on losses above `risk`,
 *
 * wealth ← wealth · (1 + λ · (loss − risk)),
 *
 * for several λ at once and beginning at every sample, 1/(t(t + 1)) of the stake at sample t. As long as the mean of
 * each loss, given all earlier ones, is at most `risk`, the wealth ever reaches 1/α with probability at most α (Ville's
 * inequality), so it may be checked after every label.
 *
 * Which samples get a label may depend on everything but their own loss: one in a hundred, say, drawn at random. Asking
 * for labels where answers look wrong would raise the measured loss.
 *
 * @throws ArgumentError for numbers out of range.
 */
export function createLossMonitor(options: LossMonitorOptions): LossMonitor {
  const { risk, falseAlarmRate = 0.01 } = options;
  checkProbability(risk, 'createLossMonitor', 'risk');
  checkProbability(falseAlarmRate, 'createLossMonitor', 'falseAlarmRate');
  const stakes = STAKES.map((share) => share / (1 + risk));
  const invested = new Float64Array(stakes.length);
  let observed = 0;
  let total = 0;
  let evidence = 1;
  let alarmAt: number | null = null;
  return {
    observe(losses) {
      for (const loss of losses) {
        if (loss === null) continue;
        if (!(loss >= -1 && loss <= 1)) {
          throw Number.isNaN(loss)
            ? new DataError({ where: 'loss monitor', rule: 'losses are numbers', received: 'NaN' })
            : new ArgumentError({
                function: 'observe',
                argument: 'losses',
                rule: 'losses lie between −1 and 1',
                received: String(loss),
              });
        }
        observed++;
        total += loss;
        let sum = 0;
        stakes.forEach((stake, i) => {
          invested[i] = (invested[i]! + 1 / (observed * (observed + 1))) * (1 + stake * (loss - risk));
          sum += invested[i];
        });
        // The part that has not been staked yet.
        evidence = sum / stakes.length + 1 / (observed + 1);
        if (evidence >= 1 / falseAlarmRate) alarmAt ??= observed;
      }
      const meanLoss = total / observed;
      return {
        alarm: alarmAt !== null,
        alarmAt,
        observed,
        meanLoss,
        evidence,
        message:
          alarmAt === null
            ? `${observed} labels give no reason to doubt a risk of at most ${risk}`
            : `More is lost than the risk of at most ${risk} that was promised, seen after ${alarmAt} labels ` +
              `(false alarms: at most ${Number((100 * falseAlarmRate).toPrecision(6))} % of streams)`,
      };
    },
  };
}
