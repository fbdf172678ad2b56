import { tf } from '../tf';

type Pad =
  'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];
type Attributes = tf.NamedAttrMap & { pad: Pad; inputShape?: [number, number, number, number] };

/** Explicit padding: before and after, for each of the four axes. */
function paddings(pad: Exclude<Pad, 'same' | 'valid'>): [number, number][] {
  return typeof pad === 'number'
    ? [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ]
    : pad;
}

/**
 * Lets the convolutions of tfjs-node take explicit padding, forward and backward; its gradients support only `same` and
 * `valid`. The image is padded first, or its gradient cropped afterwards.
 */
export function supportExplicitPadding(): void {
  for (const name of ['Conv2D', 'FusedConv2D', 'Conv2DBackpropFilter']) {
    wrap(name, (run, inputs, attributes, pad) => {
      const x = tf.pad(inputs['x'] as tf.Tensor, paddings(pad));
      const y = run({ ...inputs, x }, { ...attributes, pad: 'valid' });
      x.dispose();
      return y;
    });
  }
  wrap('Conv2DBackpropInput', (run, inputs, attributes, pad) => {
    const shape = attributes.inputShape!;
    const around = paddings(pad);
    const inputShape = shape.map((length, axis) => length + around[axis]![0] + around[axis]![1]);
    const padded = tf
      .engine()
      .makeTensorFromTensorInfo(run(inputs, { ...attributes, inputShape, pad: 'valid' }));
    const dx = tf.slice(
      padded,
      around.map(([before]) => before),
      shape,
    );
    padded.dispose();
    return dx;
  });
}

type Run = (inputs: tf.NamedTensorInfoMap, attributes: tf.NamedAttrMap) => tf.Tensor;

function wrap(
  kernelName: string,
  compute: (
    run: Run,
    inputs: tf.NamedTensorInfoMap,
    attributes: Attributes,
    pad: Exclude<Pad, 'same' | 'valid'>,
  ) => tf.Tensor,
): void {
  const own = tf.getKernel(kernelName, 'tensorflow') as tf.KernelConfig | undefined;
  if (own === undefined) return;
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({
    ...own,
    kernelFunc: (call) => {
      const attributes = call.attrs as unknown as Attributes;
      const { pad } = attributes;
      if (pad === 'same' || pad === 'valid') return own.kernelFunc(call);
      const run: Run = (inputs, attrs) => own.kernelFunc({ ...call, inputs, attrs }) as tf.Tensor;
      return compute(run, call.inputs, attributes, pad);
    },
  });
}
