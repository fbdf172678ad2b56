import type { Estimate, PairedComparison } from '@earlyexit/calibration';
import type { ExpectedOutcome } from '@earlyexit/exit-criteria';
import type { EvaluationDocument } from '../evaluate/evaluation-document';

/** A point of the accuracy–cost plane. */
export interface CurvePoint {
  /** Fraction of right answers. */
  readonly accuracy: number;
  /** Mean MACs per sample. */
  readonly averageMacs: number;
  /** averageMacs / the static network's MACs. */
  readonly share: number;
}

/** One bar of a reliability diagram: the samples whose confidence lies between `from` and `to`. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean confidence; null in an empty bin. */
  readonly confidence: number | null;
  /** Fraction of right answers; null in an empty bin. */
  readonly accuracy: number | null;
}

/** How well confidence agrees with accuracy. */
export interface Reliability {
  readonly expectedCalibrationError: number;
  readonly bins: readonly ReliabilityBin[];
}

/** One test image and its answer. */
export interface ReportExample {
  /** Its position in the test split. */
  readonly row: number;
  /** The true class and the answer, as class indices. */
  readonly label: number;
  readonly answer: number;
  /** The exit that answered, and how sure it was. */
  readonly exit: number;
  readonly score: number;
  readonly probability: number;
}

/** What leaving at an exit costs, in MACs per sample. */
export interface ExitCost {
  readonly name: string;
  /** The layer after which the exit branches off; null for the final exit. */
  readonly attachedAfter: string | null;
  readonly backboneMacs: number;
  readonly headMacs: number;
  /** Backbone up to here and every head on the way. */
  readonly cumulativeMacs: number;
  /** cumulativeMacs / the static network's MACs. */
  readonly share: number;
}

/** Another network on the same test images. */
export interface ComparedNetwork extends CurvePoint {
  /** Its name in the report. */
  readonly name: string;
  /** The network's name, and the run as the user named it. */
  readonly model: string;
  readonly run: string;
  readonly earlyExits: number;
  /** Whether it has its own thresholds; without them it is shown without exits. */
  readonly calibrated: boolean;
  /** The confidence interval of its accuracy. */
  readonly accuracyInterval: Estimate;
  /**
   * How it differs from the network of the report on the same images, image by image: its figures minus that network's.
   * The p-value is adjusted for the number of networks compared.
   */
  readonly against: PairedComparison;
  /** Without its exits. */
  readonly static: CurvePoint;
}

/** Everything that the report shows, except the pixels of the images. */
export interface ReportData {
  /** Version of earlyexit. */
  readonly version: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly classes: readonly string[];
  /** What `evaluate --json` prints for the test split. */
  readonly evaluation: EvaluationDocument;
  readonly summary: {
    /** Share of the samples that left before the final exit. */
    readonly leaveEarly: number;
    /** top1 − static.top1. */
    readonly accuracyDifference: number;
    /** averageMacs / the static network's MACs. */
    readonly costShare: number;
    /** The policy against the same network without exits, image by image: `accuracyDifference` and its significance. */
    readonly againstStatic: PairedComparison;
  };
  /** What to expect on new images, as found together with the thresholds; null if that is not stored. */
  readonly expected: ExpectedOutcome | null;
  readonly costs: readonly ExitCost[];
  readonly curve: {
    /**
     * The frontier searched on the calibration split and its continuation, cheapest first; and the same thresholds on
     * the test split.
     */
    readonly points: readonly { readonly calibration: CurvePoint; readonly test: CurvePoint }[];
    /** The thresholds in use, on the test split. */
    readonly chosen: CurvePoint;
    readonly oracle: CurvePoint;
    /** As if every sample left at this exit. */
    readonly exitsAlone: readonly (CurvePoint & { readonly name: string })[];
    readonly static: CurvePoint;
    /** The best that choosing exits at random can achieve. */
    readonly random: {
      /** The exits that are worth mixing, the cheapest first; straight lines lie between them. */
      readonly corners: readonly CurvePoint[];
      /** At the cost of the thresholds in use; null below the cheapest exit. */
      readonly accuracyAtChosenCost: number | null;
    };
    /** Other networks on the same test images, as `--compare` names them. */
    readonly compared: readonly ComparedNetwork[];
    /** 0 where no thresholds were searched for, as for an exported network. */
    readonly calibrationSamples: number;
  };
  /** For each exit, of the samples that left there: how often `label` was answered with `answer`. */
  readonly confusion: readonly {
    readonly exit: string;
    readonly taken: number;
    readonly mistakes: number;
    readonly cells: readonly { readonly label: number; readonly answer: number; readonly count: number }[];
  }[];
  /** For each exit, over all samples of the test split. */
  readonly reliability: readonly {
    readonly exit: string;
    readonly temperature: number;
    readonly before: Reliability;
    readonly after: Reliability;
  }[];
  readonly examples: {
    /** Left at the first exit, surest first. */
    readonly first: readonly ReportExample[];
    /** Left at the last exit that any sample left at, least sure first. */
    readonly last: readonly ReportExample[];
    /** Answered wrongly, surest first. */
    readonly mistakes: readonly ReportExample[];
  };
}
