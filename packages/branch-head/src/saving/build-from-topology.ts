import { DataError } from '@earlyexit/core';
import type { ModelTopology } from './model-topology';
import { tf, tfl } from '../tf';

type AddWeight = (name: string, shape: readonly number[], ...rest: readonly unknown[]) => tfl.LayerVariable;
interface WeightMaker {
  addWeight: AddWeight;
  fastWeightInitDuringBuild: boolean;
}

/**
 * Builds the layers of a checked topology with zero weights. It stops as soon as the layers ask for more than
 * `mostNumbers` numbers, because a file's header must not be able to fill the memory.
 *
 * @throws DataError if a layer is unknown or refuses its configuration, or there are too many weights.
 */
export async function buildFromTopology(
  topology: ModelTopology,
  mostNumbers: number,
  where: string,
): Promise<tfl.LayersModel> {
  const prototype = tfl.layers.Layer.prototype as unknown as WeightMaker;
  // Kept in order to be restored, not to be called unbound.
  const original = prototype.addWeight;
  const made: tfl.LayerVariable[] = [];
  let left = mostNumbers;
  prototype.addWeight = function (this: WeightMaker, name, shape, ...rest) {
    left -= shape.reduce((size, axis) => size * axis, 1);
    if (!(left >= 0)) {
      throw new DataError({
        where,
        rule: `the layers take as many weights as the file holds, ${String(mostNumbers)}`,
        received: `more, at weight '${name}' with [${shape.join(', ')}]`,
      });
    }
    // The values come from the file, so none need to be drawn at random.
    this.fastWeightInitDuringBuild = true;
    // If TensorFlow.js refuses the name, tidy disposes of the value that it made for it.
    const variable = tf.tidy(() => original.call(this, name, shape, ...rest) as never) as tfl.LayerVariable;
    made.push(variable);
    return variable;
  };
  try {
    // modelFromJSON does its work before it first waits, so nothing else sees the replaced method.
    const building = tfl.models.modelFromJSON({ modelTopology: topology as never });
    prototype.addWeight = original;
    const model = await building;
    const inModel = new Set(model.layers.map((layer) => layer.name));
    const stray = topology.config.layers.find((layer) => !inModel.has(layer.name));
    if (stray !== undefined) {
      throw new DataError({ where, rule: 'every layer leads to an output', received: `'${stray.name}'` });
    }
    for (const layer of model.layers) ownOnce(layer);
    return model;
  } catch (error) {
    for (const variable of made) variable.dispose();
    if (error instanceof DataError) throw error;
    throw new DataError({
      where,
      rule: 'TensorFlow.js can build the layers',
      received: error instanceof Error ? error.message : String(error),
      remedy: 'A layer of your own has to be registered with tf.serialization.registerClass first',
      cause: error,
    });
  } finally {
    prototype.addWeight = original;
  }
}

/**
 * Every application of a layer counts as an owner, but a model's dispose() releases only one per layer: without this
 * the weights of a shared layer would outlive the model.
 */
function ownOnce(layer: tfl.layers.Layer): void {
  (layer as unknown as { _refCount: number })._refCount = 1;
}
