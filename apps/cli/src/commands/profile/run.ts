import { adviseExits, profileDocument, profileModel } from '@earlyexit/profiler';
import type { Invocation } from '../../command';
import { locateNetwork } from '../../model/locate-model';
import { openNetwork } from '../../model/open-network';
import { startEngine } from '../../model/start-engine';
import { describeProfile } from './describe';
import type { profile } from './options';

/** `earlyexit profile`: what a network costs, per exit and per layer. */
export async function run({ operands, options, output }: Invocation<typeof profile>): Promise<undefined> {
  const reference = await locateNetwork(operands.model);
  await startEngine(options, output);
  const { model, metadata } = (await openNetwork(reference, options, output)).model;
  const measured = profileModel(model);
  for (const layer of measured.uncounted) output.warn(`the multiply-accumulates of ${layer} are not counted`);
  const document = profileDocument(metadata, measured, options.advise ? adviseExits(model) : null);
  output.json(document);
  output.text(...describeProfile(document, { layers: options.layers, colors: output.colors }));
  return undefined;
}
