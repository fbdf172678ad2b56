import { randomStream } from '@earlyexit/core';
import { GraphBuilder, valueInfo, writeModel } from '@earlyexit/onnx/foreign';

const OPSET = 17;
const SIDE = 32;
const CLASSES = 10;
/** Channels of the three groups of blocks, as in networks for CIFAR-10 (He et al., 2016). */
const GROUPS = [16, 32, 64] as const;
const BLOCKS = 2;

/** A residual network as another program might have written it, with seeded weights: something to look at before a reader has a file at hand. */
export function exampleNetwork(): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder(OPSET);
  const random = randomStream(7);
  graph.unique('images');
  const weights = (name: string, dims: readonly number[]): string => {
    const width = Math.sqrt(6 / dims.slice(1).reduce((product, size) => product * size, 1));
    const size = dims.reduce((product, each) => product * each, 1);
    const values = Float32Array.from({ length: size }, () => width * (2 * random() - 1));
    return graph.constant(graph.unique(`${name}.weight`), 'float32', dims, values);
  };
  const convolution = (
    from: string,
    name: string,
    {
      channels,
      before,
      kernel,
      stride,
    }: Readonly<Record<'channels' | 'before' | 'kernel' | 'stride', number>>,
  ): string => {
    const pad = Math.floor(kernel / 2);
    return graph.add(
      'Conv',
      [from, weights(name, [channels, before, kernel, kernel])],
      { strides: { ints: [stride, stride] }, pads: { ints: [pad, pad, pad, pad] } },
      name,
    );
  };
  const stem = convolution('images', 'stem', { channels: GROUPS[0], before: 3, kernel: 3, stride: 1 });
  let value = graph.add('Relu', [stem], {}, 'stem_relu');
  let before: number = GROUPS[0];
  for (const [group, channels] of GROUPS.entries()) {
    for (let block = 0; block < BLOCKS; block++) {
      const name = `group${group + 1}.block${block + 1}`;
      const stride = group > 0 && block === 0 ? 2 : 1;
      const first = convolution(value, `${name}.conv1`, { channels, before, kernel: 3, stride });
      const middle = graph.add('Relu', [first], {}, `${name}.relu1`);
      const second = convolution(middle, `${name}.conv2`, {
        channels,
        before: channels,
        kernel: 3,
        stride: 1,
      });
      const shortcut =
        stride === 1
          ? value
          : convolution(value, `${name}.shortcut`, { channels, before, kernel: 1, stride });
      const sum = graph.add('Add', [second, shortcut], {}, `${name}.add`);
      value = graph.add('Relu', [sum], {}, `${name}.relu2`);
      before = channels;
    }
  }
  const mean = graph.add('GlobalAveragePool', [value], {}, 'mean');
  const flat = graph.add('Flatten', [mean], {}, 'flat');
  const matrix = weights('classifier', [before, CLASSES]);
  const logits = graph.add('Gemm', [flat, matrix], {}, 'logits');
  const message = graph.build(
    'residual',
    [valueInfo('images', ['batch', 3, SIDE, SIDE])],
    [valueInfo(logits, ['batch', CLASSES])],
  );
  return writeModel({
    irVersion: 8,
    producerName: 'example',
    producerVersion: '1',
    graph: message,
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: [],
  });
}
