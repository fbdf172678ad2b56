import { ArgumentError } from '@earlyexit/core';
import { StopGradient } from '../layers/stop-gradient';
import { registerLayers } from '../layers/register-layers';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import { withCosts } from '../metadata/with-costs';
import { tfl } from '../tf';
import { exitCombination } from './exit-combination';

/**
 * Makes the exits an additive ensemble (BoostNet; Yu et al., "Boosted Dynamic Neural Networks", AAAI 2023): Fₙ = hₙ + Fₙ₋₁.
 * Each exit answers with its own logits and those of the exit before it, from which no gradient comes back: it learns what
 * the exits before it get wrong. The additions are layers of the network, so that sessions, costs and exported files know
 * them. The result shares its layers with `network` and has no policy; one that is boosted already is returned as it is.
 *
 * @throws ArgumentError for a network without early exits, or one whose exits are combined otherwise
 */
export function boostExits(network: MultiExitModel): MultiExitModel {
  const { model, metadata } = network;
  const before = exitCombination(network);
  if (before === 'boosted') return network;
  if (before !== null || metadata.exits.length < 2) {
    throw new ArgumentError({
      function: 'boostExits',
      argument: 'network',
      rule: 'has early exits, each of which answers by itself',
      received: before === null ? 'no early exit' : 'a cascade of heads',
    });
  }
  registerLayers();
  const outputs: tfl.SymbolicTensor[] = [];
  for (const [index, own] of model.outputs.entries()) {
    const earlier = outputs[index - 1];
    const name = metadata.exits[index]!.name;
    outputs.push(
      earlier === undefined
        ? own
        : (tfl.layers
            .add({ name: `${name}_boosted` })
            .apply([
              own,
              new StopGradient({ name: `${name}_earlier` }).apply(earlier) as tfl.SymbolicTensor,
            ]) as tfl.SymbolicTensor),
    );
  }
  const boosted = tfl.model({ inputs: model.inputs, outputs, name: model.name });
  return { model: boosted, metadata: { ...withCosts(metadata, boosted), policy: null } };
}
