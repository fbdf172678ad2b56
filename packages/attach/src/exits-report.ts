import { wilsonInterval } from '@earlyexit/calibration';
import {
  argmaxRows,
  type ExitCosts,
  type PromiseMetadata,
  type PromisedPolicy,
  shareOfRightAnswers,
  simulate,
  softmax,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import type { ExitAgreement, OnnxMetadata } from '@earlyexit/onnx/foreign';
import { type JudgedLogits, strictestRisk, type ThresholdAim } from './choose-thresholds';

/** How many images are in each part; no image is in two of them. */
export interface PartSizes {
  /** Heads learnt from these. */
  readonly heads: number;
  /** By these places, temperatures and the path of thresholds were chosen. */
  readonly choosing: number;
  /** The thresholds and the promise rest on these. */
  readonly promise: number;
  /** Nothing was chosen by these. */
  readonly report: number;
}

/** What a network with exits did on images that nothing was chosen by. */
export interface ExitsReport {
  /** The network's own name. */
  readonly model: string;
  /** What its convolutions compute in. */
  readonly dtype: 'float32' | 'int8';
  /** In int8, how often each exit gives the class that it gives in float32; null in float32. */
  readonly agreement: readonly ExitAgreement[] | null;
  readonly parts: PartSizes;
  /** How many images that were. */
  readonly samples: number;
  readonly exits: readonly {
    readonly name: string;
    /** The tensor that it reads; null for the final exit, and for a network that stands before another. */
    readonly after: string | null;
    /** What kind of head it has, or which network it is; null for the final exit. */
    readonly head: string | null;
    /** How many of the images were answered here. */
    readonly taken: number;
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
  /** What is promised, and whether the images of the report keep to it: they do with more than the stated probability. */
  readonly promise: (PromiseMetadata & { readonly kept: boolean }) | null;
  /** Made on how many images. */
  readonly promiseSamples: number;
  /** The smallest risk that could be promised on so many images; null where nothing was promised. */
  readonly strictestRisk: number | null;
}

/** What counts as sure. */
const SURE = 0.9;

/** Counts what a policy does on the images of the report. */
export function reportExits(
  report: JudgedLogits,
  policy: PromisedPolicy,
  costs: ExitCosts,
  { name: model, exits }: Pick<OnnxMetadata['network'], 'name' | 'exits'>,
  { parts, aim }: { readonly parts: PartSizes; readonly aim: ThresholdAim },
): Omit<ExitsReport, 'dtype' | 'agreement'> {
  const { samples, classes } = report;
  const summary = summarizeExits(report, policy, costs);
  const own = report.original ?? report.exits.at(-1)!;
  const answers = argmaxRows(own, classes);
  let different = 0;
  simulate(report, policy).classes.forEach((answer, row) => (different += Number(answer !== answers[row])));
  const sure = softmax(own, classes);
  let confident = 0;
  answers.forEach((answer, row) => (confident += Number(sure[row * classes + answer]! > SURE)));
  const { low, high } = wilsonInterval(different, samples);
  const { promise } = policy;
  const accuracy =
    report.labels === null
      ? null
      : { withExits: summary.top1!, without: shareOfRightAnswers(own, report.labels, classes) };
  return {
    model,
    parts,
    samples,
    exits: summary.exits.map(({ taken, share, macs }, index) => {
      const { name, attachedAfter: after, head } = exits[index]!;
      return { name, after, head, macs: macs!, taken, share };
    }),
    staticMacs: costs.staticMacs,
    averageMacs: summary.averageMacs!,
    macsRatio: summary.macsRatio!,
    differentAnswers: different / samples,
    differentInterval: [low, high],
    accuracy,
    confidentAnswers: confident / samples,
    answeredClasses: new Set(answers).size,
    promise: promise == null ? null : { ...promise, kept: isKept(promise, different / samples, accuracy) },
    promiseSamples: parts.promise,
    strictestRisk: promise == null ? null : strictestRisk(aim, parts.promise),
  };
}

function isKept(
  { loss, risk }: PromiseMetadata,
  different: number,
  accuracy: ExitsReport['accuracy'],
): boolean {
  if (loss !== 'gap') return different <= risk;
  return accuracy !== null && accuracy.without - accuracy.withExits <= risk;
}
