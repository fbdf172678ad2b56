import {
  defaultMethod,
  FITTING_SHARE,
  makePromise,
  needsFittingPart,
  searchThresholds,
  splitSamples,
} from '@earlyexit/calibration';
import type { Threshold } from '@earlyexit/exit-criteria';
import type { KeptNetwork } from './kept-facts';
import { lookAt, scoreNetwork } from './scored-network';

/** Thresholds that no others beat on the calibration samples, and what they do to the test samples. */
export interface FrontierLook {
  readonly thresholds: readonly Threshold[];
  readonly accuracy: number;
  readonly averageMacs: number;
}

/** What is promised, and at which thresholds. */
export interface PromiseLook {
  readonly thresholds: readonly Threshold[];
  /** One sentence without its full stop, or why nothing can be promised. */
  readonly statement: string;
}

// As many as can be told apart on the picture.
const MOST_POINTS = 60;

/** The frontier of accuracy and cost, the cheapest first. */
export function frontierOf(network: KeptNetwork, criterion: string): readonly FrontierLook[] {
  const { temperatures, costs, calibration } = network;
  const { frontier } = searchThresholds(calibration, { criterion, temperatures, costs });
  const scored = scoreNetwork(network, criterion);
  const last = frontier.length - 1;
  const wanted = Math.min(frontier.length, MOST_POINTS);
  const indices = Array.from({ length: wanted }, (_, at) =>
    Math.round((at * last) / Math.max(1, wanted - 1)),
  );
  return indices.map((index) => {
    const { thresholds } = frontier[index]!;
    const { accuracy, averageMacs } = lookAt(scored, thresholds);
    return { thresholds, accuracy, averageMacs };
  });
}

/** The most lenient thresholds at which at most `risk` of the answers differ from the final exit's. */
export function promiseOf(
  network: KeptNetwork,
  criterion: string,
  { risk, delta }: { readonly risk: number; readonly delta: number },
): PromiseLook {
  const { temperatures, costs, calibration } = network;
  // The temperatures were fitted on samples that are not here.
  const [fitted, samples] = needsFittingPart('none', criterion)
    ? splitSamples(calibration, FITTING_SHARE)
    : [null, calibration];
  const loss = 'consistency' as const;
  const aim = { risk, delta, method: defaultMethod(loss), loss };
  const { thresholds, promise } = makePromise(samples, fitted, aim, {
    criterion,
    temperatures,
    costs,
    seed: 0,
  });
  return { thresholds, statement: promise };
}
