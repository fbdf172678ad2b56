import type { ExitCosts } from '@earlyexit/exit-criteria';
import { type PairedRatio, pairedRatio } from '../timing/paired-ratio';
import { medianOf, quantileOf } from '../timing/quantile';

/** What one file took with one batch size, under one choice of thresholds. */
export interface FileTiming<Beside = never> {
  readonly variant: 'static' | 'early-exit';
  readonly dtype: string;
  readonly threads: number;
  readonly batch: number;
  /** The share that was asked for; null where none was. */
  readonly share: number | null;
  /** The share of the images that left at each exit, the final one last. */
  readonly exitShare: readonly number[];
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
  readonly latencyMsP99: number;
  readonly imagesPerSecond: number;
  /** The plain network's multiply-accumulates over the average spent. */
  readonly macsRatio: number;
  /** How many times faster than the same type without exits; null where that was not timed. */
  readonly speedup: number | null;
  /** Holds `speedup` with at least 95 % confidence; null below six rounds. */
  readonly speedupInterval: PairedRatio['interval'];
  /** Against float32 without exits, whatever the type of this one. */
  readonly float32Speedup: number | null;
  /** `speedup / macsRatio` */
  readonly efficiency: number | null;
  /** What the processor took for an image, measured; null without a counter. */
  readonly energyMicrojoules: number | null;
  /** Milliseconds an image, of each round. */
  readonly roundsMsPerImage: readonly number[];
  /** What the program beside gave in the same rounds. */
  readonly beside: readonly Beside[];
}

/** The latencies of the batches, for each round. */
export type Rounds = readonly (readonly number[])[];

/** What a series is compared with. */
export interface References {
  readonly plain: Rounds | null;
  readonly float32: Rounds | null;
}

/** Puts a series of latencies into figures. */
export function describeTiming<Beside>(
  rounds: Rounds,
  about: Pick<
    FileTiming<Beside>,
    'variant' | 'dtype' | 'threads' | 'batch' | 'share' | 'exitShare' | 'energyMicrojoules' | 'beside'
  >,
  { plain, float32 }: References,
  costs: ExitCosts,
): FileTiming<Beside> {
  const latencies = rounds.flat();
  const images = (rounds[0]?.length ?? 0) * about.batch;
  const average = about.exitShare.reduce((total, share, exit) => total + share * costs.exitMacs[exit]!, 0);
  const macsRatio = about.variant === 'static' ? 1 : costs.staticMacs / average;
  const against = plain && pairedRatio(plain.map(sum), rounds.map(sum));
  return {
    ...about,
    latencyMsP50: quantileOf(latencies, 0.5),
    latencyMsP95: quantileOf(latencies, 0.95),
    latencyMsP99: quantileOf(latencies, 0.99),
    imagesPerSecond: (images / medianOf(rounds.map(sum))) * 1000,
    macsRatio,
    speedup: against?.ratio ?? null,
    speedupInterval: against?.interval ?? null,
    float32Speedup: float32 && pairedRatio(float32.map(sum), rounds.map(sum)).ratio,
    efficiency: against && against.ratio / macsRatio,
    roundsMsPerImage: rounds.map((round) => sum(round) / images),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
