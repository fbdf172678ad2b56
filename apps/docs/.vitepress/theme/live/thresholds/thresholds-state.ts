import { isCriterionName, isThreshold, type Threshold } from '@earlyexit/exit-criteria';

/** What a reader can change: with it the page shows the same again. */
export interface ThresholdsState {
  readonly network: string;
  /** Null: the network's own. */
  readonly criterion: string | null;
  /** Null: the network's own. */
  readonly thresholds: readonly Threshold[] | null;
  /** The largest share of answers that may differ from the final exit's. */
  readonly risk: number;
  /** The probability with which the promise may fail. */
  readonly delta: number;
}

/** What can be promised. */
export const risks = [0.002, 0.005, 0.01, 0.02, 0.05] as const;
/** With which probability it may fail. */
export const deltas = [0.01, 0.05, 0.1, 0.2] as const;

const USUAL_RISK = 0.01;
const USUAL_DELTA = 0.1;

/** The state that a link asks for; what it does not say, or says wrongly, is as at first. */
export function stateFromLink(link: URLSearchParams, networks: readonly string[]): ThresholdsState {
  const network = link.get('network') ?? '';
  const criterion = link.get('criterion') ?? '';
  const thresholds = (link.get('thresholds') ?? '')
    .split(',')
    .map((word) => (word === 'never' || word === 'always' ? word : word === '' ? Number.NaN : Number(word)));
  const choose = (name: string, choices: readonly number[], usual: number): number =>
    choices.find((choice) => String(choice) === link.get(name)) ?? usual;
  return {
    network: networks.includes(network) ? network : networks[0]!,
    criterion: isCriterionName(criterion) ? criterion : null,
    thresholds: thresholds.every(isThreshold) ? thresholds : null,
    risk: choose('risk', risks, USUAL_RISK),
    delta: choose('delta', deltas, USUAL_DELTA),
  };
}

/** What of it stands in the link. */
export function stateToLink(
  { network, criterion, thresholds, risk, delta }: ThresholdsState,
  networks: readonly string[],
): Record<string, string | null> {
  return {
    network: network === networks[0] ? null : network,
    criterion,
    thresholds: thresholds === null ? null : thresholds.map(shortThreshold).join(','),
    risk: risk === USUAL_RISK ? null : String(risk),
    delta: delta === USUAL_DELTA ? null : String(delta),
  };
}

/** As it stands in the link and on the page: six digits, which separate all that floats do. */
export function shortThreshold(threshold: Threshold): string {
  return typeof threshold === 'number' ? String(Number(threshold.toPrecision(7))) : threshold;
}

/** As the link holds it, so that what is seen is what is sent. */
export function roundThreshold(threshold: Threshold): Threshold {
  return typeof threshold === 'number' ? Number(shortThreshold(threshold)) : threshold;
}
