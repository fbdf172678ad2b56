/** What a head is made of. */
export interface HeadShape {
  /** Numbers that go in. */
  readonly inputs: number;
  /** Neurons between; 0 for a linear head. */
  readonly hidden: number;
  readonly classes: number;
}

/** A fitted head: `[inputs]` to `[classes]`, through a hidden layer with a ReLU where there is one. */
export interface HeadWeights extends HeadShape {
  /** `[inputs, hidden]`; empty without a hidden layer. */
  readonly first: Float32Array;
  /** `[hidden]` */
  readonly firstBias: Float32Array;
  /** `[hidden or inputs, classes]` */
  readonly last: Float32Array;
  /** `[classes]` */
  readonly lastBias: Float32Array;
}

/** Multiply-accumulates of a head for one sample. */
export function macsOfHead({ inputs, hidden, classes }: HeadShape): number {
  return hidden === 0 ? inputs * classes : inputs * hidden + hidden * classes;
}

/** Logits of a head, `[samples, classes]`, from features `[samples, inputs]`. */
export function applyHead(head: HeadWeights, features: Float32Array): Float32Array {
  const { inputs, hidden, classes, first, firstBias, last, lastBias } = head;
  const samples = features.length / inputs;
  const middle =
    hidden === 0
      ? features
      : dense(features, samples, { weights: first, bias: firstBias, rows: inputs, columns: hidden });
  if (hidden > 0) middle.forEach((value, i) => (middle[i] = Math.max(0, value)));
  return dense(middle, samples, {
    weights: last,
    bias: lastBias,
    rows: hidden === 0 ? inputs : hidden,
    columns: classes,
  });
}

/** A dense layer. */
export interface DenseLayer {
  /** `[rows, columns]` */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** `[samples, rows]` to `[samples, columns]` */
export function dense(
  values: Float32Array,
  samples: number,
  { weights, bias, rows, columns }: DenseLayer,
): Float32Array {
  const made = new Float32Array(samples * columns);
  for (let sample = 0; sample < samples; sample++) {
    const out = made.subarray(sample * columns, (sample + 1) * columns);
    out.set(bias);
    for (let row = 0; row < rows; row++) {
      const value = values[sample * rows + row]!;
      // Behind a ReLU half of the values are 0.
      if (value === 0) continue;
      const start = row * columns;
      for (let column = 0; column < columns; column++)
        out[column] = out[column]! + value * weights[start + column]!;
    }
  }
  return made;
}
