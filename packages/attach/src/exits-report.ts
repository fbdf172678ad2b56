import { wilsonInterval } from '@earlyexit/calibration';
import {
  argmaxRows,
  type CachedLogits,
  type ExitCosts,
  type PromiseMetadata,
  type PromisedPolicy,
  simulate,
  softmax,
  summarizeExits,
} from '@earlyexit/exit-criteria';

/** What a network with exits did on images that nothing was chosen by. */
export interface ExitsReport {
  /** How many images that were. */
  readonly samples: number;
  readonly exits: readonly {
    readonly name: string;
    /** Share of the images that were answered here. */
    readonly share: number;
    /** Multiply-accumulates of leaving here. */
    readonly macs: number;
  }[];
  /** Of the network without exits. */
  readonly staticMacs: number;
  /** A mean over the images. */
  readonly averageMacs: number;
  /** `staticMacs / averageMacs` */
  readonly macsRatio: number;
  /** Share of the images that got another answer than the network's own. */
  readonly differentAnswers: number;
  /** The true share lies in here with 95 %. */
  readonly differentInterval: readonly [number, number];
  /** With labels: of the network with exits, and without. */
  readonly accuracy: { readonly withExits: number; readonly without: number } | null;
  /** Share of the images of which the network without exits is more than 90 % sure: near zero where it sees noise. */
  readonly confidentAnswers: number;
  /** How many classes the network answered with at all. */
  readonly answeredClasses: number;
  readonly promise: PromiseMetadata | null;
  /** Made on how many images. */
  readonly promiseSamples: number;
}

/** What counts as sure. */
const SURE = 0.9;

/** Counts what a policy does on the images of the report. */
export function reportExits(
  report: CachedLogits,
  policy: PromisedPolicy,
  costs: ExitCosts,
  names: readonly string[],
  promiseSamples: number,
): ExitsReport {
  const { samples, classes } = report;
  const summary = summarizeExits(report, policy, costs, names);
  const own = report.exits.at(-1)!;
  const answers = argmaxRows(own, classes);
  let different = 0;
  simulate(report, policy).classes.forEach((answer, row) => (different += Number(answer !== answers[row])));
  const sure = softmax(own, classes);
  let confident = 0;
  answers.forEach((answer, row) => (confident += Number(sure[row * classes + answer]! > SURE)));
  const { low, high } = wilsonInterval(different, samples);
  return {
    samples,
    exits: summary.exits.map(({ share, macs, name }) => ({ name: name!, share, macs: macs! })),
    staticMacs: costs.staticMacs,
    averageMacs: summary.averageMacs!,
    macsRatio: summary.macsRatio!,
    differentAnswers: different / samples,
    differentInterval: [low, high],
    accuracy: summary.top1 === null ? null : { withExits: summary.top1, without: summary.static.top1! },
    confidentAnswers: confident / samples,
    answeredClasses: new Set(answers).size,
    promise: policy.promise ?? null,
    promiseSamples,
  };
}
