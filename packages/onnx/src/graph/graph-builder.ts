import {
  attributeType,
  elementType,
  type AttributeMessage,
  type DimensionMessage,
  type ElementType,
  type GraphMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from '../protobuf/messages';

/** An attribute of a node; whole numbers are written with `int` and `ints`, others with `float`. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly graph: GraphMessage };

/** A size, or the name of a free one. */
export type Dimension = number | string;

/** The names taken in a model and its operator version; shared by a graph and its subgraphs. */
interface ModelScope {
  readonly opset: number;
  readonly taken: Set<string>;
  /** What a tensor is in the network, by its name. */
  readonly origins: Map<string, string>;
  /** The layer that is being written, and how many tensors it has so far. */
  layer: { readonly id: string; count: number } | null;
}

/** Collects the nodes and constants of one graph. Names are unique in the whole model, as the standard asks. */
export class GraphBuilder {
  readonly #scope: ModelScope;
  readonly #nodes: NodeMessage[] = [];
  readonly #initializers: TensorMessage[] = [];
  readonly #constants = new Map<string, string>();
  readonly #valueInfo: ValueInfoMessage[] = [];

  constructor(opset: number, scope?: ModelScope) {
    this.#scope = scope ?? { opset, taken: new Set(), origins: new Map(), layer: null };
  }

  /** The version of the ONNX operators. */
  get opset(): number {
    return this.#scope.opset;
  }

  /** A builder for a graph inside a node of this one. */
  subgraph(): GraphBuilder {
    return new GraphBuilder(this.opset, this.#scope);
  }

  /**
   * What a tensor is in the network: the layer that makes it, and which of its tensors it is. The origin is the same in
   * every file written from a network, even where names differ; `null` for a tensor that belongs to no layer.
   */
  originOf(name: string): string | null {
    return this.#scope.origins.get(name) ?? null;
  }

  /** States the origin of a tensor that no node of this model makes. */
  setOrigin(name: string, origin: string): void {
    this.#scope.origins.set(name, origin);
  }

  /** Attributes everything that `write` adds to that layer. */
  ofLayer<Result>(id: string, write: () => Result): Result {
    this.#scope.layer = { id, count: 0 };
    try {
      return write();
    } finally {
      this.#scope.layer = null;
    }
  }

  /** A name that is not taken: `wanted`, or `wanted` with a number appended. */
  unique(wanted: string): string {
    const { taken } = this.#scope;
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  }

  /** Adds a node of one output and returns the output's name. */
  add(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    name = opType.toLowerCase(),
  ): string {
    return this.addMany(opType, inputs, [name], attributes)[0]!;
  }

  /** Adds a node of several outputs and returns their names. */
  addMany(
    opType: string,
    inputs: readonly string[],
    outputNames: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const outputs = outputNames.map((name) => this.unique(name));
    this.#push(opType, inputs, outputs, attributes);
    return outputs;
  }

  /** Adds a node whose outputs have names that `unique` returned before. */
  addNamed(
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): void {
    this.#push(opType, inputs, outputs, attributes);
  }

  /** Adds a node that was built elsewhere, unchanged; its names come from `unique`. */
  addNode(node: NodeMessage): void {
    this.#nodes.push(node);
  }

  /** Adds a constant that was built elsewhere, unchanged; its name comes from `unique`. */
  addTensor(tensor: TensorMessage): void {
    this.#initializers.push(tensor);
  }

  /** Adds a constant and returns its name; the same key twice gives the same constant. */
  constant(key: string, type: ElementType, dims: readonly number[], data: ArrayBufferView): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.unique(key);
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    this.#initializers.push({ dims: [...dims], dataType: elementType[type], name, rawData });
    this.#constants.set(key, name);
    return name;
  }

  /** A constant list of whole numbers, `[length]` int64: an axis list, a shape. */
  integers(values: readonly number[]): string {
    return this.constant(
      `ints_${values.join('_')}`,
      'int64',
      [values.length],
      BigInt64Array.from(values, BigInt),
    );
  }

  /** A constant number, `[]` float32. */
  scalar(value: number): string {
    return this.constant(`number_${String(Math.fround(value))}`, 'float32', [], Float32Array.of(value));
  }

  /** States the type of an intermediate value where the standard's own inference might lose it. */
  describe(name: string, shape: readonly Dimension[], type: ElementType = 'float32'): void {
    this.#valueInfo.push(valueInfo(name, shape, type));
  }

  /** The finished graph. */
  build(
    name: string,
    inputs: readonly ValueInfoMessage[],
    outputs: readonly ValueInfoMessage[],
  ): GraphMessage {
    return {
      node: this.#nodes,
      name,
      initializer: this.#initializers,
      input: [...inputs],
      output: [...outputs],
      valueInfo: this.#valueInfo,
    };
  }

  #push(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => toMessage(name, value));
    const { layer, origins } = this.#scope;
    if (layer !== null) for (const name of output) origins.set(name, `${layer.id}:${layer.count++}`);
    this.#nodes.push({
      input: [...input],
      output: [...output],
      name: this.unique(`${output[0]!}_node`),
      opType,
      attribute,
    });
  }
}

/** The type of a value: `[batch, …]`. */
export function valueInfo(
  name: string,
  shape: readonly Dimension[],
  type: ElementType = 'float32',
): ValueInfoMessage {
  const dim = shape.map((size): DimensionMessage =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: elementType[type], shape: { dim } } } };
}

/** A float32 value of any shape. */
export function anyShape(name: string): ValueInfoMessage {
  return { name, type: { tensorType: { elemType: elementType.float32 } } };
}

function toMessage(name: string, value: Attribute): AttributeMessage {
  if ('int' in value) return { name, type: attributeType.int, i: value.int };
  if ('ints' in value) return { name, type: attributeType.ints, ints: [...value.ints] };
  if ('float' in value) return { name, type: attributeType.float, f: value.float };
  if ('string' in value) {
    return { name, type: attributeType.string, s: new TextEncoder().encode(value.string) };
  }
  return { name, type: attributeType.graph, g: value.graph };
}
