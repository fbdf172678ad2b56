import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalTopology } from './model-topology';
import { randomInputs, randomizeWeights, residual, sharedLayers } from '../test-networks';
import { tf, tfl } from '../tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

async function loadStock(topology: object, source: tfl.LayersModel): Promise<number[]> {
  const weights = source.weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() }));
  const { data, specs } = await tf.io.encodeWeights(weights);
  const artifacts = { modelTopology: topology, weightSpecs: specs, weightData: data };
  const model = await tfl.loadLayersModel(tf.io.fromMemory(artifacts));
  return [...(model.predict(randomInputs(source, 1)) as tf.Tensor).dataSync()];
}

describe('canonicalTopology', () => {
  it('lets TensorFlow.js wire shared layers as they were, which it does not by itself', async () => {
    const model = sharedLayers();
    randomizeWeights(model, 4);
    const expected = [...(model.predict(randomInputs(model, 1)) as tf.Tensor).dataSync()];
    const topology = model.toJSON(null, false) as object;
    expect(await loadStock(structuredClone(topology), model)).not.toEqual(expected);
    expect(await loadStock(canonicalTopology(topology, 'here'), model)).toEqual(expected);
  });

  it('changes nothing that is in order', () => {
    const plain = residual().toJSON(null, false);
    expect(canonicalTopology(plain, 'here')).toEqual(plain);
    const once = canonicalTopology(sharedLayers().toJSON(null, false), 'here');
    expect(canonicalTopology(once, 'here')).toEqual(once);
  });
});
