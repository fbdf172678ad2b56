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

  static async read(nodes: readonly LayerGraphNode[]): Promise<LayerWeights> {
    const variables = [...new Set(nodes.flatMap((node) => node.layer.weights))];
    const entries = variables.map(async (variable) => {
      const tensor = variable.read();
      return [variable, { shape: tensor.shape, data: (await tensor.data()) as Float32Array }] as const;
    });
    return new LayerWeights(new Map(await Promise.all(entries)));
  }

  /** The weight of that name (`kernel`, `bias`, …), or `null` if the layer does without it. */
  find(layer: tfl.layers.Layer, name: string): WeightValues | null {
    const variable = layer.weights.find((weight) => weight.originalName.split('/').at(-1) === name);
    return variable === undefined ? null : this.#values.get(variable)!;
  }

  /** The weight of that name, which the layer is known to have. */
  get(layer: tfl.layers.Layer, name: string): WeightValues {
    const found = this.find(layer, name);
    if (found === null) throw new Error(`layer ${layer.name} has no weight ${name}`);
    return found;
  }
}
