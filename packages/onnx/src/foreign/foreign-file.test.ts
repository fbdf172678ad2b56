import { describe, expect, it } from 'vitest';
import { GraphBuilder, valueInfo } from '../graph/graph-builder';
import type { TensorMessage } from '../protobuf/messages';
import { readModel } from '../protobuf/read-model';
import { writeModel } from '../protobuf/write-model';
import { readForeign } from './foreign-file';

function withOutsideWeights(): Uint8Array {
  return convolutions((tensor) => ({
    rawData: new Uint8Array(),
    dataLocation: 1,
    externalData: [{ key: 'location', value: `${tensor.name}.bin` }],
  }));
}

function withInsideWeights(): Uint8Array {
  return convolutions(() => ({}));
}

/** A network of two convolutions; `change` says what is different about their weights. */
function convolutions(change: (tensor: TensorMessage) => object): Uint8Array {
  const graph = new GraphBuilder(17);
  graph.unique('images');
  const weights = (name: string): string =>
    graph.constant(name, 'float32', [3, 3, 1, 1], new Float32Array(9));
  const first = graph.add('Conv', ['images', weights('first')]);
  const logits = graph.add('Conv', [first, weights('second')], {}, 'logits');
  const images = [valueInfo('images', ['batch', 3, 8, 8])];
  const message = graph.build('convolutions', images, [valueInfo(logits, ['batch', 3, 8, 8])]);
  for (const tensor of message.initializer) Object.assign(tensor, change(tensor));
  return writeModel({
    irVersion: 8,
    producerName: 'another',
    producerVersion: '1',
    graph: message,
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: [],
  });
}

describe('readForeign', () => {
  it('takes weights beside the file into it', async () => {
    const { bytes } = await readForeign(withOutsideWeights(), 'net.onnx', {
      readExternal: (location) => Promise.resolve(new Uint8Array(36).fill(location === 'first.bin' ? 1 : 2)),
    });
    const { initializer } = readModel(bytes, 'net.onnx').graph;
    expect(initializer.map(({ name, rawData }) => [name, rawData.length, rawData[0]])).toEqual([
      ['first', 36, 1],
      ['second', 36, 2],
    ]);
  });

  it('keeps fields that are not in the schema here, of the model, of nodes and of tensors', async () => {
    const model = readModel(withInsideWeights(), 'net.onnx');
    const { graph } = model;
    // Field 999, a text: as a newer version of the format might have one.
    const unknown = (text: string): Uint8Array =>
      Uint8Array.from([0xba, 0x3e, text.length, ...new TextEncoder().encode(text)]);
    Object.assign(model, { $unknowns: [unknown('of the model')] });
    Object.assign(graph.node[0]!, { $unknowns: [unknown('of a node')] });
    Object.assign(graph.initializer[0]!, { $unknowns: [unknown('of a tensor')] });
    const { bytes } = await readForeign(writeModel(model), 'net.onnx');
    const text = new TextDecoder('latin1').decode(bytes);
    for (const kept of ['of the model', 'of a node', 'of a tensor']) expect(text).toContain(kept);
  });

  it('refuses weights that together are too large for one file, and reads no further', async () => {
    const asked: string[] = [];
    const read = readForeign(withOutsideWeights(), 'net.onnx', {
      readExternal: (location) => {
        asked.push(location);
        return Promise.resolve(Object.defineProperty(new Uint8Array(1), 'length', { value: 2 ** 31 }));
      },
    });
    await expect(read).rejects.toThrow(/one file of 2 GB.*2147483648 bytes of weights/);
    expect(asked).toEqual(['first.bin']);
  });
});
