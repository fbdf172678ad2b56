import { DataError } from '@earlyexit/core';
import type { LayerGraphNode } from '@earlyexit/profiler';
import type { tfl } from '../tf';

/** The values of one weight. */
export interface WeightValues {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The weights of a network, read from the engine once, so that everything after it can be synchronous. */
export class LayerWeights {
  readonly #values: ReadonlyMap<tfl.LayerVariable, WeightValues>;

  private constructor(values: ReadonlyMap<tfl.LayerVariable, WeightValues>) {
    this.#values = values;
  }

  /** @throws DataError for weights that are NaN or infinite, by the name of their layer */
  static async read(nodes: readonly LayerGraphNode[]): Promise<LayerWeights> {
    const owners = new Map(
      nodes.flatMap(({ layer }) => layer.weights.map((weight) => [weight, layer] as const)),
    );
    const entries = [...owners].map(async ([variable, layer]) => {
      const tensor = variable.read();
      const data = (await tensor.data()) as Float32Array;
      const bad = data.find((value) => !Number.isFinite(value));
      if (bad !== undefined) {
        throw new DataError({
          where: `layer ${layer.name}, ${variable.originalName}`,
          rule: 'weights are finite numbers',
          received: String(bad),
          remedy: 'The network has diverged: train it again with a smaller learning rate',
        });
      }
      return [variable, { shape: tensor.shape, data }] as const;
    });
    return new LayerWeights(new Map(await Promise.all(entries)));
  }

  /** The weight of that name (`kernel`, `bias`, …), or `null` if the layer has none. */
  find(layer: tfl.layers.Layer, name: string): WeightValues | null {
    const variable = layer.weights.find((weight) => weight.originalName.split('/').at(-1) === name);
    return variable === undefined ? null : this.#values.get(variable)!;
  }

  /**
   * A weight that the layer is known to have.
   *
   * @throws Error if it has none of that name
   */
  get(layer: tfl.layers.Layer, name: string): WeightValues {
    const found = this.find(layer, name);
    if (found === null) throw new Error(`layer ${layer.name} has no weight ${name}`);
    return found;
  }
}
