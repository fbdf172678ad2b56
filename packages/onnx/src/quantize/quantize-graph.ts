import type { GraphBuilder } from '../graph/graph-builder';
import {
  attributeType,
  type ElementType,
  elementType,
  type GraphMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from '../protobuf/messages';
import { type ActivationQuantization, type ActivationRange, quantizationOf } from './activation-range';
import { attributeOf } from '../foreign/node-names';
import { wholeOf } from '../protobuf/read-model';
import { quantizeWeights } from './quantize-weights';

/** A tensor that the graph stores as uint8. */
export interface StoredTensor extends ActivationQuantization {
  /** Its name there. */
  readonly name: string;
}

/** Options of `quantizeGraph`. */
export interface GraphQuantization {
  /** The range of a tensor by its origin (`GraphBuilder.originOf`); `null` leaves it in float32. */
  readonly rangeOf: (origin: string) => ActivationRange | null;
  /** Inputs that are uint8 already, by name. */
  readonly inputs?: ReadonlyMap<string, StoredTensor>;
  /** Outputs that may be uint8. */
  readonly carried?: ReadonlySet<string>;
}

/** Operators that only move or compare numbers: they work on uint8 as they do on float32. */
const MOVING = new Set(['MaxPool', 'Flatten', 'Reshape', 'Transpose', 'Slice', 'GatherND']);
/** Operators that runtimes have for uint8; worth using where their inputs are uint8 already. */
const FOLLOWING = new Set(['Add', 'Concat', 'AveragePool', 'GlobalAveragePool']);

/**
 * onnxruntime's fast integer convolutions on x64 take channels in fours; an image's three would be gathered one number
 * at a time. With a fourth channel of zeros the first convolution of a ResNet takes two thirds of the time.
 */
const COLORS = 3;
const PADDED_COLORS = 4;

/**
 * Rewrites a float32 graph and the graphs inside it so that convolutions and dense layers compute with whole numbers:
 * weights are int8 per output channel, activations uint8, biases int32, and each operator stands between
 * `DequantizeLinear` and `QuantizeLinear`, which a runtime fuses into one integer operator. The answers of an exit (the
 * last layer of each head, the criterion) stay float32.
 *
 * A ReLU between an operator and its `QuantizeLinear` is left out: the range of uint8 begins where the ReLU does.
 *
 * @param names the builder of the graph, which knows the names that are taken and the origins
 * @returns the graph, and which of its tensors are uint8, by their previous names
 */
export function quantizeGraph(
  graph: GraphMessage,
  names: GraphBuilder,
  quantization: GraphQuantization,
): { graph: GraphMessage; stored: ReadonlyMap<string, StoredTensor> } {
  const quantizer = new GraphQuantizer(graph, names, quantization);
  const scope: Scope = { stored: new Map(quantization.inputs ?? []), floats: new Map() };
  return { graph: quantizer.rewrite(graph, scope, true), stored: scope.stored };
}

/** What is known about the tensors of a graph and of the graphs around it. */
interface Scope {
  /** uint8 tensors, by the name of the float32 tensor that they stand for. */
  readonly stored: Map<string, StoredTensor>;
  /** Stored tensors that were turned back into float32, by the same name. */
  readonly floats: Map<string, string>;
}

class GraphQuantizer {
  readonly #names: GraphBuilder;
  readonly #quantization: GraphQuantization;
  readonly #consumers = new Map<string, NodeMessage[]>();
  readonly #weights = new Map<string, TensorMessage>();
  readonly #wanted = new Map<string, boolean>();

  constructor(graph: GraphMessage, names: GraphBuilder, quantization: GraphQuantization) {
    this.#names = names;
    this.#quantization = quantization;
    this.#index(graph);
  }

  /** Rewrites one graph; what it stores is added to `scope`. */
  rewrite(graph: GraphMessage, scope: Scope, isOutermost: boolean): GraphMessage {
    const writer = new GraphWriter(this.#names);
    if (isOutermost) for (const { name } of graph.input) this.#storeInput(writer, scope, name);
    const skipped = new Set<NodeMessage>();
    for (const node of graph.node) {
      if (skipped.has(node)) continue;
      if (this.#moves(node, scope)) this.#writeMoving(writer, scope, node);
      else if (this.#computesInIntegers(node, scope)) {
        const activation = this.#mergeableActivation(node);
        if (activation !== null) skipped.add(activation);
        this.#writeInteger(writer, scope, node, (activation ?? node).output[0]!);
      } else this.#writeFloat(writer, scope, node);
    }
    const retype = (info: ValueInfoMessage): ValueInfoMessage =>
      scope.stored.get(info.name)?.name === info.name ? withType(info, 'uint8') : info;
    const used = new Set(writer.nodes.flatMap(inputsWithin));
    return changed(graph, {
      node: writer.nodes,
      initializer: [...graph.initializer, ...writer.initializers].filter(({ name }) => used.has(name)),
      input: graph.input.map(retype),
      output: graph.output.map(retype),
      valueInfo: graph.valueInfo.map(retype),
    });
  }

  #index(graph: GraphMessage): void {
    for (const tensor of graph.initializer) this.#weights.set(tensor.name, tensor);
    for (const node of graph.node) {
      for (const name of node.input) this.#consumers.set(name, [...(this.#consumers.get(name) ?? []), node]);
      for (const { g } of node.attribute) if (g) this.#index(g);
    }
  }

  #consumersOf(name: string): readonly NodeMessage[] {
    return this.#consumers.get(name) ?? [];
  }

  #rangeOf(name: string): ActivationRange | null {
    const origin = this.#names.originOf(name);
    return origin === null ? null : this.#quantization.rangeOf(origin);
  }

  /** Whether a layer of the network reads the tensor; one that only a criterion reads is an exit's answer. */
  #feedsNetwork(name: string): boolean {
    return this.#consumersOf(name).some(
      (node) =>
        this.#names.originOf(node.output[0]!) !== null ||
        (isMoving(node) && this.#feedsNetwork(node.output[0]!)),
    );
  }

  /**
   * Whether the operator has weights and can compute with whole numbers: a convolution, or a dense layer inside the
   * network.
   */
  #leads(node: NodeMessage): boolean {
    const isLayer = node.opType === 'Conv' || (isPlainGemm(node) && this.#feedsNetwork(node.output[0]!));
    const [, weights, bias] = node.input.map((name) => this.#weights.get(name));
    // The bias of another program's dense layer may be a number for all.
    const fits = !node.input[2] || (bias !== undefined && bias.dims.length === 1 && isFloat(bias));
    return isLayer && fits && weights !== undefined && isFloat(weights);
  }

  /** Whether the operators that read a tensor make it worth storing as uint8. */
  #isWanted(name: string): boolean {
    const known = this.#wanted.get(name);
    if (known !== undefined) return known;
    const wanted = this.#consumersOf(name).some((node) => {
      if (this.#leads(node)) return node.input[0] === name;
      return (isMoving(node) || FOLLOWING.has(node.opType)) && this.#isWanted(node.output[0]!);
    });
    this.#wanted.set(name, wanted);
    return wanted;
  }

  #moves(node: NodeMessage, { stored }: Scope): boolean {
    const isCarried = node.opType === 'Identity' && this.#quantization.carried?.has(node.output[0]!) === true;
    return (isMoving(node) || isCarried) && stored.has(node.input[0]!);
  }

  #computesInIntegers(node: NodeMessage, { stored }: Scope): boolean {
    const [output] = node.output;
    const data = this.#leads(node) ? node.input.slice(0, 1) : FOLLOWING.has(node.opType) ? node.input : [];
    if (data.length === 0 || data.some((name) => !stored.has(name))) return false;
    return this.#rangeOf(this.#mergeableActivation(node)?.output[0] ?? output!) !== null;
  }

  /** A ReLU that is the only reader of the node's output. */
  #mergeableActivation(node: NodeMessage): NodeMessage | null {
    const consumers = this.#consumersOf(node.output[0]!);
    const [next] = consumers;
    if (consumers.length !== 1 || next === undefined) return null;
    return next.opType === 'Relu' || next.opType === 'Clip' ? next : null;
  }

  /** An input that convolutions read. */
  #storeInput(writer: GraphWriter, scope: Scope, name: string): void {
    if (!scope.stored.has(name) && this.#isWanted(name)) this.#store(writer, scope, name);
  }

  /** Quantises a float32 tensor of the graph. */
  #store(writer: GraphWriter, scope: Scope, name: string): void {
    const range = this.#rangeOf(name);
    if (range === null) return;
    const parameters = quantizationOf(range);
    const stored = writer.add(
      'QuantizeLinear',
      [name, ...writer.parameters(parameters)],
      `${name}_quantized`,
    );
    scope.stored.set(name, { ...parameters, name: stored });
  }

  #writeMoving(writer: GraphWriter, scope: Scope, node: NodeMessage): void {
    const { name, ...parameters } = scope.stored.get(node.input[0]!)!;
    writer.nodes.push(changed(node, { input: [name, ...node.input.slice(1)] }));
    scope.stored.set(node.output[0]!, { ...parameters, name: node.output[0]! });
  }

  #writeFloat(writer: GraphWriter, scope: Scope, node: NodeMessage): void {
    const input = node.input.map((name) => {
      const stored = scope.stored.get(name);
      if (stored === undefined) return name;
      const known = scope.floats.get(name);
      if (known !== undefined) return known;
      const restored = writer.restore(stored, name);
      scope.floats.set(name, restored);
      return restored;
    });
    const attribute = node.attribute.map((each) =>
      each.g ? changed(each, { g: this.rewrite(each.g, inner(scope), false) }) : each,
    );
    writer.nodes.push(changed(node, { input, attribute }));
    for (const name of node.output) if (this.#isWanted(name)) this.#store(writer, scope, name);
  }

  /** An operator between dequantisation and quantisation, whose result is that of `output`. */
  #writeInteger(writer: GraphWriter, scope: Scope, node: NodeMessage, output: string): void {
    const leads = this.#leads(node);
    const data = leads ? node.input.slice(0, 1) : node.input;
    const stored = data.map((name) => scope.stored.get(name)!);
    const missing = this.#missingChannels(node);
    if (missing > 0) stored[0] = writer.padChannels(stored[0]!, missing);
    // Each operator gets its own dequantisation, because only then do runtimes fuse the two.
    const input = stored.map((tensor, index) => writer.restore(tensor, data[index]!));
    if (leads) input.push(...this.#writeWeights(writer, node, stored[0]!.scale, missing));
    writer.nodes.push(changed(node, { input, output: [output] }));
    this.#store(writer, scope, output);
  }

  /** How many channels of zeros to add for a convolution of a colour image. */
  #missingChannels(node: NodeMessage): number {
    const isColored = node.opType === 'Conv' && wholeAttribute(node, 'group', 1) === 1;
    const channels = isColored ? this.#weights.get(node.input[1]!)?.dims[1] : undefined;
    return channels === COLORS ? PADDED_COLORS - COLORS : 0;
  }

  /** Weights as int8, and the bias as int32 with the scale of the products. */
  #writeWeights(writer: GraphWriter, node: NodeMessage, inputScale: number, missing: number): string[] {
    const [, name, biasName] = node.input;
    const weights = padInputChannels(this.#weights.get(name!)!, missing);
    const values = floatsOf(weights);
    // Rows of a convolution, columns of a dense layer unless it takes its weights transposed.
    const axis = node.opType === 'Conv' || wholeAttribute(node, 'transB', 0) === 1 ? 0 : 1;
    const channels = weights.dims[axis]!;
    const size = values.length / channels;
    const channelOf =
      axis === 0 ? (index: number) => Math.floor(index / size) : (index: number) => index % channels;
    const bias = !biasName ? null : floatsOf(this.#weights.get(biasName)!);
    const smallest = Float64Array.from({ length: channels }, (_, channel) =>
      bias === null ? 0 : Math.abs(bias[channel]!) / (inputScale * 2 ** 30),
    );
    const { data, scales } = quantizeWeights(values, channels, channelOf, smallest);
    const perChannel = { name: 'axis', type: attributeType.int, i: axis };
    const restored = writer.add(
      'DequantizeLinear',
      [
        writer.constant(`${name!}_int8`, 'int8', weights.dims, data),
        writer.constant(`${name!}_scales`, 'float32', [channels], scales),
        writer.constant(`${name!}_zero_points`, 'int8', [channels], new Int8Array(channels)),
      ],
      `${name!}_restored`,
      [perChannel],
    );
    if (bias === null) return [restored];
    const products = scales.map((scale) => scale * inputScale);
    return [
      restored,
      writer.add(
        'DequantizeLinear',
        [
          writer.constant(
            `${biasName!}_int32`,
            'int32',
            [channels],
            Int32Array.from(bias, (value, channel) => Math.round(value / products[channel]!)),
          ),
          writer.constant(`${biasName!}_scales`, 'float32', [channels], products),
        ],
        `${biasName!}_restored`,
        [{ ...perChannel, i: 0 }],
      ),
    ];
  }
}

/** Collects the nodes and constants of one graph. */
class GraphWriter {
  readonly nodes: NodeMessage[] = [];
  readonly initializers: TensorMessage[] = [];
  readonly #names: GraphBuilder;
  readonly #scalars = new Map<string, string>();

  constructor(names: GraphBuilder) {
    this.#names = names;
  }

  add(
    opType: string,
    input: readonly string[],
    wanted: string,
    attribute: NodeMessage['attribute'] = [],
  ): string {
    const name = this.#names.unique(wanted);
    this.nodes.push({
      input: [...input],
      output: [name],
      name: this.#names.unique(`${name}_node`),
      opType,
      attribute,
    });
    return name;
  }

  /** A stored tensor as float32. */
  restore({ name, ...parameters }: StoredTensor, original: string): string {
    return this.add('DequantizeLinear', [name, ...this.parameters(parameters)], `${original}_restored`);
  }

  /** Scale and zero point as constants of this graph: runtimes do not look for them in the graphs around it. */
  parameters({ scale, zeroPoint }: ActivationQuantization): [scale: string, zeroPoint: string] {
    return [
      this.#scalar(`scale_${scale}`, 'float32', Float32Array.of(scale)),
      this.#scalar(`zero_point_${zeroPoint}`, 'uint8', Uint8Array.of(zeroPoint)),
    ];
  }

  /** Appends channels of zeros to a feature map. */
  padChannels(stored: StoredTensor, missing: number): StoredTensor {
    const pads = BigInt64Array.of(0n, 0n, 0n, 0n, 0n, BigInt(missing), 0n, 0n);
    const inputs = [
      stored.name,
      this.constant('channel_pads', 'int64', [pads.length], pads),
      this.parameters(stored)[1],
    ];
    return { ...stored, name: this.add('Pad', inputs, `${stored.name}_padded`) };
  }

  constant(wanted: string, type: ElementType, dims: readonly number[], data: ArrayBufferView): string {
    const name = this.#names.unique(wanted);
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    this.initializers.push({ dims: [...dims], dataType: elementType[type], name, rawData });
    return name;
  }

  #scalar(key: string, type: ElementType, data: ArrayBufferView): string {
    const name = this.#scalars.get(key) ?? this.constant(key, type, [], data);
    this.#scalars.set(key, name);
    return name;
  }
}

function isMoving({ opType, output }: NodeMessage): boolean {
  // A pooling may also output where the largest values were.
  return MOVING.has(opType) && output.length === 1;
}

/** A copy with some fields changed; those that were read and are not known here stay, which `{ ...message }` would lose. */
function changed<Message extends object>(message: Message, fields: Partial<Message>): Message {
  const copy = Object.create(
    Object.getPrototypeOf(message) as object,
    Object.getOwnPropertyDescriptors(message),
  ) as Message;
  return Object.assign(copy, fields);
}

/** A dense layer that only multiplies and adds; other programs may scale or turn what goes in. */
function isPlainGemm(node: NodeMessage): boolean {
  const { opType } = node;
  if (opType !== 'Gemm' || wholeAttribute(node, 'transA', 0) === 1) return false;
  return ['alpha', 'beta'].every((name) => (attributeOf(node, name)?.f ?? 1) === 1);
}

function wholeAttribute(node: NodeMessage, name: string, otherwise: number): number {
  return wholeOf(attributeOf(node, name)?.i ?? otherwise);
}

function isFloat({ dataType, dims, rawData }: TensorMessage): boolean {
  const bytes = dims.reduce((product, size) => product * size, Float32Array.BYTES_PER_ELEMENT);
  return dataType === elementType.float32 && rawData.length === bytes;
}

function inner({ stored, floats }: Scope): Scope {
  return { stored: new Map(stored), floats: new Map(floats) };
}

/** Everything that a node reads, the graphs inside it included. */
function inputsWithin({ input, attribute }: NodeMessage): string[] {
  return [...input, ...attribute.flatMap(({ g }) => g?.node.flatMap(inputsWithin) ?? [])];
}

/** A kernel `[filters, channels, height, width]` with zeros for further channels. */
function padInputChannels(kernel: TensorMessage, missing: number): TensorMessage {
  if (missing === 0) return kernel;
  const [filters = 1, channels = 1, height = 1, width = 1] = kernel.dims;
  const size = channels * height * width;
  const padded = new Float32Array(filters * (channels + missing) * height * width);
  const values = floatsOf(kernel);
  for (let filter = 0; filter < filters; filter++) {
    const from = values.subarray(filter * size, (filter + 1) * size);
    padded.set(from, filter * (channels + missing) * height * width);
  }
  return {
    ...kernel,
    dims: [filters, channels + missing, height, width],
    rawData: new Uint8Array(padded.buffer),
  };
}

function floatsOf({ rawData }: TensorMessage): Float32Array {
  return new Float32Array(rawData.slice().buffer);
}

function withType({ name, type }: ValueInfoMessage, element: ElementType): ValueInfoMessage {
  return { name, type: { tensorType: { ...type.tensorType, elemType: elementType[element] } } };
}
