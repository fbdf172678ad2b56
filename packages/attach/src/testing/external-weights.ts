import { readModel, writeModel } from '@earlyexit/onnx/foreign';

/** A model whose largest constant lies in another file, and that file. */
export function withWeightsAt(
  location: string,
  file: Uint8Array,
): { readonly model: Uint8Array; readonly weights: Uint8Array } {
  const model = readModel(file, 'test');
  const { initializer } = model.graph;
  const largest = initializer.reduce((a, b) => (a.rawData.length >= b.rawData.length ? a : b));
  const weights = largest.rawData;
  Object.assign(largest, {
    rawData: new Uint8Array(),
    dataLocation: 1,
    externalData: [{ key: 'location', value: location }],
  });
  return { model: writeModel(model), weights };
}
