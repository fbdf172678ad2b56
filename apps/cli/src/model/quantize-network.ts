import type { MultiExitModel } from '@earlyexit/branch-head';
import type { AskedAim, QuantizedNetwork } from '@earlyexit/evaluation';
import type { ExitPolicy } from '@earlyexit/exit-criteria';
import type { DataChoice, RunConfig } from '@earlyexit/runs';
import { describeRefit, ranInt8, rangeSource } from '../describe/quantization';
import type { Output } from '../terminal/output';
import { showing } from '../terminal/show-work';

/** The options that int8 looks at. */
export interface QuantizeOptions extends DataChoice, Pick<AskedAim, 'maxAccuracyDrop' | 'targetMacs'> {
  readonly minAgreement?: number | undefined;
  readonly download?: boolean | undefined;
  readonly threads?: number | undefined;
}

/** A network as int8; `source` says in words what its ranges were measured on. Nothing was run on noise. */
export type Int8 = Pick<QuantizedNetwork, 'model' | 'quantization'> &
  Partial<Pick<QuantizedNetwork, 'agreement' | 'refit'>> & { readonly source: string };

/** A network that was opened. */
export interface QuantizeSubject {
  readonly model: MultiExitModel;
  readonly config: RunConfig | null;
  readonly runDirectory: string | null;
  readonly isTrained: boolean;
  /** What is to be set anew on the int8 logits; null leaves the network's policy alone. */
  readonly policy: ExitPolicy | null;
}

/** Makes a network int8 on the images of its calibration split; on noise if its weights are random and no data are named. */
export async function quantizeNetwork(
  { policy, ...subject }: QuantizeSubject,
  { maxAccuracyDrop, targetMacs, minAgreement, threads, ...choice }: QuantizeOptions,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<Int8> {
  const { model, isTrained } = subject;
  const { graphOpener } = await import('@earlyexit/inference/onnx');
  const open = graphOpener({ threads });
  if (!isTrained && choice.dataset === undefined) {
    const { noiseRanges } = await import('@earlyexit/onnx');
    output.note('int8: ranges from seeded noise, good for timing only; --dataset names real images');
    const { seed } = choice;
    const quantization = await showing(output, signal, (work) => noiseRanges(model, { open, seed, ...work }));
    return { model, quantization, source: 'seeded noise' };
  }
  const { openCalibrationImages } = await import('@earlyexit/runs');
  const { chooseSearchAim, quantizeCalibrated } = await import('@earlyexit/evaluation');
  const { dataset, dataDir, seed, skipBroken, download } = choice;
  const data = { dataset, dataDir, seed, skipBroken, download };
  const calibration = await showing(output, signal, (work) =>
    openCalibrationImages(subject, { ...data, ...work }),
  );
  const isAimed = (maxAccuracyDrop ?? targetMacs) !== undefined;
  const aim = isAimed ? chooseSearchAim({ maxAccuracyDrop, targetMacs }) : undefined;
  const quantized = await showing(
    output,
    signal,
    (work) => quantizeCalibrated(model, calibration, { open, policy, aim, minAgreement, ...work }),
    ranInt8,
  );
  if (quantized.refit !== null) output.note(describeRefit(quantized.refit));
  return { ...quantized, source: rangeSource(quantized.rangeRows.length, calibration.dataset) };
}
