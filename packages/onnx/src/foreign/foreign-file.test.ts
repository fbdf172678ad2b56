import { describe, expect, it } from 'vitest';
import { GraphBuilder, valueInfo } from '../graph/graph-builder';
import { readModel } from '../protobuf/read-model';
import { writeModel } from '../protobuf/write-model';
import { readForeign } from './foreign-file';

/** A network whose two convolutions have their weights in files beside it. */
function withOutsideWeights(): Uint8Array {
  const graph = new GraphBuilder(17);
  graph.unique('images');
  const weights = (name: string): string =>
    graph.constant(name, 'float32', [3, 3, 1, 1], new Float32Array(9));
  const first = graph.add('Conv', ['images', weights('first')]);
  const logits = graph.add('Conv', [first, weights('second')], {}, 'logits');
  const images = [valueInfo('images', ['batch', 3, 8, 8])];
  const message = graph.build('convolutions', images, [valueInfo(logits, ['batch', 3, 8, 8])]);
  for (const tensor of message.initializer) {
    Object.assign(tensor, {
      rawData: new Uint8Array(),
      dataLocation: 1,
      externalData: [{ key: 'location', value: `${tensor.name}.bin` }],
    });
  }
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
