import { computeLogits, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import type { StageGain } from '@earlyexit/calibration';
import type { ExitPolicy } from '@earlyexit/exit-criteria';
import { count, percent, shortNumber } from '../terminal/format';
import type { Output } from '../terminal/output';

/** Whether each exit of a cascade pays, by the rule of Conditional Deep Learning, counted on the training samples. */
export async function cascadeGains(
  model: MultiExitModel,
  training: SampleSource,
  policy: ExitPolicy,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<StageGain[]> {
  const { stageGains } = await import('@earlyexit/calibration');
  const line = output.progress('counting which exits pay');
  try {
    const cached = await computeLogits(model, training, {
      signal,
      onProgress: (done, total) => {
        line.update(done, total);
      },
    });
    return stageGains(cached, policy, model.metadata.exits);
  } finally {
    line.done();
  }
}

/** The gains in words, a line an exit. */
export function describeGains({ metadata }: MultiExitModel, gains: readonly StageGain[]): string[] {
  return gains.map(({ exit, answered, passedOn, gainMacs, pays, admitted }) => {
    const { name = '' } = metadata.exits[exit] ?? {};
    const share = percent(answered / Math.max(1, answered + passedOn), 1);
    const verdict = admitted
      ? `it pays: ${shortNumber(gainMacs)} MACs saved`
      : pays
        ? 'it would pay, but an exit before it does not'
        : `it does not pay: ${shortNumber(-gainMacs)} MACs lost; leave it out with --exits`;
    return `  ${name}: answers ${count(answered)} of the ${count(answered + passedOn)} training samples that reach it (${share}); ${verdict}`;
  });
}
