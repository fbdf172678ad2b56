import type { FileTiming } from '../files/file-timing';
import type { PyTorchPass } from '../pytorch/start-pytorch';
import { pairedRatio } from '../timing/paired-ratio';
import { medianOf } from '../timing/quantile';

/** What a file took with one batch size, under one choice of thresholds; PyTorch beside it. */
export interface InferenceRow extends Omit<FileTiming, 'share' | 'roundsMsPerImage' | 'beside'> {
  /** From the file to a session that is ready, in a process that has just begun. */
  readonly loadMs: number;
  /** The most memory of a process that loads the file and runs batches of this size, in units of 10⁶ bytes. */
  readonly peakMemoryMB: number;
  readonly peer: InferencePeer | null;
}

/** PyTorch beside a row: milliseconds an image, and its time over ours, the median of the rounds' ratios. */
export interface InferencePeer {
  readonly eagerMsPerImage: number;
  readonly compiledMsPerImage: number | null;
  /** Against the network without exits, eager or compiled, whichever is faster. */
  readonly staticSpeedup: number;
  /** With exits and compaction; null for a row without exits, and where the thresholds are the model's own. */
  readonly earlyExitMsPerImage: number | null;
  readonly earlyExitSpeedup: number | null;
}

/** What `bench --json` prints. */
export interface InferenceDocument {
  readonly model: string;
  /** The package and its version. */
  readonly runtime: string;
  /** What the images are. */
  readonly inputs: string;
  /** What measured the energy, or why nothing did. */
  readonly energy: { readonly counter: string | null; readonly absent: string | null };
  readonly rows: readonly InferenceRow[];
}

/** A row of what was timed, beside what PyTorch took in the same rounds. */
export function inferenceRow(
  timing: FileTiming<PyTorchPass> & Pick<InferenceRow, 'loadMs' | 'peakMemoryMB'>,
  shares: readonly number[],
): InferenceRow {
  const { share, roundsMsPerImage, beside, ...row } = timing;
  if (beside.length === 0) return { ...row, peer: null };
  const eager = beside.map((pass) => pass.eager);
  const compiled = beside.map((pass) => pass.compiled).filter((ms) => ms !== null);
  const compiledMsPerImage = compiled.length === 0 ? null : medianOf(compiled);
  // Chosen over all rounds: the fastest of each round would be luck.
  const best = compiledMsPerImage !== null && compiledMsPerImage < medianOf(eager) ? compiled : eager;
  const earlyExit = share === null ? null : beside.map((pass) => pass.earlyExit[shares.indexOf(share)]!);
  const peer = {
    eagerMsPerImage: medianOf(eager),
    compiledMsPerImage,
    staticSpeedup: pairedRatio(best, roundsMsPerImage).ratio,
    earlyExitMsPerImage: earlyExit && medianOf(earlyExit),
    earlyExitSpeedup: earlyExit && pairedRatio(earlyExit, roundsMsPerImage).ratio,
  };
  return { ...row, peer };
}
