import {
  adviseExits,
  estimateEnergy,
  profileDocument,
  type ProfileDocument,
  profileModel,
} from '@earlyexit/profiler';
import { openNetwork } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { locateNetwork } from '../../model/locate-model';
import { readEnergyModel } from '../../model/read-energy-model';
import { startEngine } from '../../model/start-engine';
import { describeProfile } from './describe';
import { showing } from '../../terminal/show-work';
import type { profile } from './options';
import { profileFile } from './profile-file';

/** `earlyexit profile`: what a network costs, per exit and per layer. */
export async function run({
  operands,
  options,
  output,
  signal,
}: Invocation<typeof profile>): Promise<undefined> {
  const energyModel = await readEnergyModel(options.energyModel, signal);
  const measured =
    (await profileFile(operands.model, options.exits, { output, signal })) ??
    (await profileNetwork(operands.model, { options, output, signal }));
  const document = { ...measured, energy: estimateEnergy(measured, { energyModel, dtype: options.dtype }) };
  output.json(document);
  output.text(...describeProfile(document, { layers: options.layers, colors: output.colors }));
  return undefined;
}

async function profileNetwork(
  word: string,
  { options, output, signal }: Pick<Invocation<typeof profile>, 'options' | 'output' | 'signal'>,
): Promise<ProfileDocument> {
  const reference = await locateNetwork(word);
  await startEngine(options, output);
  const { exits, seed } = options;
  const { model: network } = await showing(output, signal, ({ onNote }) =>
    openNetwork(reference, { exits, seed, onNote }),
  );
  const { model, metadata } = network;
  const measured = profileModel(model);
  for (const layer of measured.uncounted) output.warn(`the multiply-accumulates of ${layer} are not counted`);
  return profileDocument(metadata, measured, options.advise ? adviseExits(model) : null);
}
