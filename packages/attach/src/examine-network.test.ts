import { mkdtemp, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineNetwork } from './examine-network';
import { colourNetwork } from './testing/colour-networks';
import { withWeightsAt } from './testing/external-weights';

describe('examineNetwork', () => {
  it('finds the logits before a softmax, the costs and the cuts', async () => {
    const { network, input } = await examineNetwork(colourNetwork({ depth: 3, softmax: true }));
    expect(input).toMatchObject({ size: [8, 8, 3], layout: 'channels-first', type: 'float32' });
    expect(network).toMatchObject({ logits: 'inner', softmax: 'probabilities', classes: 3 });
    expect(network.macs).toBe(3 * 9 * 64 + 9);
    expect(network.cuts.map(({ tensors, macs }) => [tensors.join(), macs])).toEqual(
      expect.arrayContaining([
        ['relu_0', 9 * 64],
        ['relu_1', 2 * 9 * 64],
      ]),
    );
  });

  it('frees a fixed batch', async () => {
    const { network } = await examineNetwork(colourNetwork({ batch: 1 }));
    expect(network.tensors.get('logits')).toMatchObject({ dims: [1, 3], kind: 'sample' });
  });

  it('brings old operators to version 13 and takes channels last', async () => {
    const old = await examineNetwork(colourNetwork({ opset: 9, depth: 2 }));
    expect(old.network.opset).toBe(13);
    const last = await examineNetwork(colourNetwork({ channelsLast: true }));
    expect(last.input).toMatchObject({ size: [8, 8, 3], layout: 'channels-last' });
  });

  it.each([
    [
      'a batch that cannot be freed',
      colourNetwork({ disturb: (graph, name) => graph.add('Reshape', [name, graph.integers([1, 3, 8, 8])]) }),
      /the batch can be made free/,
    ],
    [
      'chance inside, such as dropout left on',
      colourNetwork({
        disturb: (graph, name) => graph.add('Add', [name, graph.add('RandomNormalLike', [name])]),
      }),
      /the same images get the same answers/,
    ],
    [
      'an operator that onnxruntime does not know',
      colourNetwork({ disturb: (graph, name) => graph.add('Unheard', [name]) }),
      /onnxruntime can run it\. Received: .*Unheard/,
    ],
    ['answers that are no numbers', colourNetwork({ scale: NaN }), /its answers are finite numbers/],
    ['no ONNX file', new TextEncoder().encode('<html>'), /it is a whole ONNX file/],
    [
      'an object detector',
      colourNetwork({ detector: true }),
      /it is a classifier.*boxes \[1, 3, 8, 8\]\. Object detectors, segmentation/,
    ],
    // A graph that says to be 3 GB large.
    ['a header of 3 GB', Uint8Array.of(0x3a, 0x80, 0xbc, 0xc1, 0x96, 0x0b), /it is a whole ONNX file/],
    ['an empty file', new Uint8Array(), /an empty file/],
    ['old operators', colourNetwork({ opset: 8 }), /version 9 to 24/],
  ])('refuses %s', async (_, file, message) => {
    await expect(examineNetwork(file)).rejects.toThrow(message);
  });

  it('reads weights beside the file, and none outside its folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'attach-'));
    const { model, weights } = withWeightsAt('weights.bin', colourNetwork());
    await writeFile(join(folder, 'model.onnx'), model);
    await writeFile(join(folder, 'weights.bin'), weights);
    expect((await examineNetwork(join(folder, 'model.onnx'))).network.classes).toBe(3);

    await writeFile(join(folder, 'up.onnx'), withWeightsAt('../weights.bin', colourNetwork()).model);
    await expect(examineNetwork(join(folder, 'up.onnx'))).rejects.toThrow(/in its own folder/);
    await symlink('/etc/hostname', join(folder, 'link.bin'));
    await writeFile(join(folder, 'link.onnx'), withWeightsAt('link.bin', colourNetwork()).model);
    await expect(examineNetwork(join(folder, 'link.onnx'))).rejects.toThrow(/in its own folder/);

    // A hole: the size of a file says nothing of what it takes on the disk.
    await truncate(join(folder, 'weights.bin'), 2 ** 36);
    await expect(examineNetwork(join(folder, 'model.onnx'))).rejects.toThrow(/at most 2147483647 bytes/);
  });
});
