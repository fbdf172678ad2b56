import { ArgumentError } from '@earlyexit/core';
import { EnsembleLogits, type EnsembleMethod } from '../layers/ensemble-logits';
import { StopGradient } from '../layers/stop-gradient';
import { registerLayers } from '../layers/register-layers';
import { layerSeed } from '../layer-seed';
import type { MultiExitModel } from '../metadata/multi-exit-model';
import { withCosts } from '../metadata/with-costs';
import { tfl } from '../tf';
import { exitCombination } from './exit-combination';

/** Settings of {@link cascadeHeads}. */
export interface CascadeHeadsOptions {
  /** How an exit and those before it answer together; `geometric` unless given. */
  readonly ensemble?: EnsembleMethod;
  /** Of the weights on the logits of the head before; 0 unless given. */
  readonly seed?: number;
}

// That of PyTorch, in which the original is written.
const NORMALIZATION_EPSILON = 1e-5;

/**
 * Lets each early head see the answer of the head before it, and each early exit answer together with those before it
 * (ZTW; Wołczyk et al., "Zero Time Waste: Recycling Predictions in Early Exit Neural Networks", NeurIPS 2021).
 *
 * A head reads the normalised logits of the head before it beside its own features, without a gradient coming back:
 * zₙ = hₙ + V · norm(zₙ₋₁), which is what one dense layer on both would compute. Exit n answers with the weighted ensemble
 * of z₀ … zₙ (`EnsembleLogits`); the final exit stays as it is. All of it is layers of the network, so that sessions, costs
 * and exported files know it. The result shares its layers with `network` and has no policy; one that is such a cascade
 * already is returned as it is.
 *
 * @throws ArgumentError for a network with fewer than two early exits, or one whose exits are boosted
 */
export function cascadeHeads(network: MultiExitModel, options: CascadeHeadsOptions = {}): MultiExitModel {
  const { ensemble: method = 'geometric', seed = 0 } = options;
  const { model, metadata } = network;
  const before = exitCombination(network);
  if (before === 'cascaded') return network;
  if (before !== null || metadata.exits.length < 3) {
    throw new ArgumentError({
      function: 'cascadeHeads',
      argument: 'network',
      rule: 'has at least two early exits, each of which answers by itself',
      received: before === null ? `${String(metadata.exits.length - 1)} early exits` : 'boosted exits',
    });
  }
  registerLayers();
  const { heads, outputs } = { heads: [] as tfl.SymbolicTensor[], outputs: [] as tfl.SymbolicTensor[] };
  for (const [index, own] of model.outputs.slice(0, -1).entries()) {
    const { name } = metadata.exits[index]!;
    const earlier = heads.at(-1);
    const logits = earlier === undefined ? own : seeing(own, earlier, name, seed);
    heads.push(logits);
    outputs.push(
      earlier === undefined
        ? logits
        : (new EnsembleLogits({ method, name: `${name}_ensemble` }).apply([...heads]) as tfl.SymbolicTensor),
    );
  }
  outputs.push(model.outputs.at(-1)!);
  const cascaded = tfl.model({ inputs: model.inputs, outputs, name: model.name });
  return { model: cascaded, metadata: { ...withCosts(metadata, cascaded), policy: null } };
}

/** The logits of a head that sees those of the head before it. */
function seeing(
  own: tfl.SymbolicTensor,
  earlier: tfl.SymbolicTensor,
  name: string,
  seed: number,
): tfl.SymbolicTensor {
  const dense = `${name}_earlier_dense`;
  const layers = [
    new StopGradient({ name: `${name}_earlier` }),
    tfl.layers.layerNormalization({ name: `${name}_earlier_norm`, epsilon: NORMALIZATION_EPSILON }),
    tfl.layers.dense({
      ...{ units: own.shape.at(-1)!, useBias: false, name: dense },
      kernelInitializer: tfl.initializers.glorotUniform({ seed: layerSeed(seed, dense) }),
    }),
  ];
  const seen = layers.reduce((tensor, layer) => layer.apply(tensor) as tfl.SymbolicTensor, earlier);
  return tfl.layers.add({ name: `${name}_cascaded` }).apply([own, seen]) as tfl.SymbolicTensor;
}
