import { DataError } from '@earlyexit/core';
import type { NodeMessage } from '../protobuf/messages';
import { type ReadModel, readModel, wholeOf } from '../protobuf/read-model';
import { fedInputs } from './fed-inputs';
import { opsetOf, writeForeign } from './foreign-file';
import { macsOfNode } from './node-macs';
import { attributeOf, readsOf } from './node-names';

/** What a run has shown of a tensor. */
export interface TensorFacts {
  /** The element type, as onnxruntime names it: `float32`. */
  readonly type: string;
  /** Its shape for one sample, the batch in front where it has one. */
  readonly dims: readonly number[];
  /** `sample`: the first axis is the batch. `constant`: the same whatever is fed. `mixed`: anything else. */
  readonly kind: 'sample' | 'constant' | 'mixed';
}

/** A place between two nodes, and what is carried over it. */
export interface ForeignCut {
  /** How many nodes stand before it. */
  readonly after: number;
  /** The tensors that are alive there, whatever else is computed from these alone; the newest last. */
  readonly tensors: readonly string[];
  /** Multiply-accumulates before it, for one sample. */
  readonly macs: number;
  /** Bytes carried over, for one sample. */
  readonly bytes: number;
}

/** A classifier of any origin, understood. */
export interface ForeignNetwork {
  /** The file with its operators upgraded: the graph as it is to be run. */
  readonly bytes: Uint8Array;
  readonly opset: number;
  /** Of operators that are not ONNX's own, as far as there are nodes of theirs. */
  readonly domains: readonly { readonly domain: string; readonly version: number }[];
  readonly nodes: readonly NodeMessage[];
  /** Inputs that are fed, the images first. */
  readonly inputs: readonly string[];
  /** The tensor that holds the logits, `[batch, classes]`: before a softmax at the end. */
  readonly logits: string;
  /** The softmax at the end that is left out; `null` where there is none. */
  readonly softmax: string | null;
  readonly classes: number;
  readonly tensors: ReadonlyMap<string, TensorFacts>;
  /** Of each node, for one sample. */
  readonly nodeMacs: readonly number[];
  /** Of the nodes that the logits need. */
  readonly macs: number;
  /** Kinds of nodes that compute much and are not counted. */
  readonly uncounted: readonly string[];
  readonly cuts: readonly ForeignCut[];
  /** Every tensor that the logits need. */
  readonly needed: ReadonlySet<string>;
}

/** Operators that take much and have no count here. */
const UNCOUNTED = new Set([
  'LSTM',
  'GRU',
  'RNN',
  'Einsum',
  'Attention',
  'MultiHeadAttention',
  'Loop',
  'Scan',
  'If',
]);
/** More tensors than this are not worth carrying. */
const MOST_CARRIED = 8;

const bytesOf: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  int64: 8,
  int32: 4,
  uint8: 1,
  int8: 1,
  bool: 1,
  float64: 8,
};

/**
 * The file with every tensor as an output, so that a run shows what they are; with their names.
 *
 * @throws DataError if it is no ONNX file
 */
export function exposeTensors(
  bytes: Uint8Array,
  where: string,
): { readonly bytes: Uint8Array; readonly names: readonly string[] } {
  const model = readModel(bytes, where);
  const { graph } = model;
  const known = new Set(graph.output.map(({ name }) => name));
  const inner = graph.node.flatMap(({ output }) => output).filter((name) => name !== '' && !known.has(name));
  // Without a type: onnxruntime finds it.
  for (const name of inner) graph.output.push({ name } as (typeof graph.output)[number]);
  return { bytes: writeForeign(model, where), names: [...known, ...inner] };
}

/**
 * Understands a classifier: where its logits are, what its nodes cost, and where it can be cut.
 *
 * @param facts what a run has shown of its tensors; see `exposeTensors`
 * @param output which output holds the answers, where there are several that may
 * @throws DataError if it is no classifier, or its batch is not free
 */
export function understandNetwork(
  bytes: Uint8Array,
  facts: ReadonlyMap<string, TensorFacts>,
  { where, output }: { readonly where: string; readonly output?: string | undefined },
): ForeignNetwork {
  const model = readModel(bytes, where);
  const { graph } = model;
  const constants = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const inputs = fedInputs(graph).map(({ name }) => name);
  const shapeOf = (name: string): readonly number[] | undefined =>
    constants.get(name)?.dims.map(Number) ?? facts.get(name)?.dims;
  const answers = findAnswers(model, facts, { where, output });
  const maker = graph.node.find((node) => node.output.includes(answers));
  const softmax = maker !== undefined && isSoftmax(maker, facts) ? answers : null;
  const logits = softmax === null ? answers : maker!.input[0]!;
  const classes = facts.get(logits)!.dims[1]!;
  const needed = nodesFor(logits, graph.node);
  const nodeMacs = graph.node.map((node, index) => (needed.has(index) ? macsOfNode(node, shapeOf) : 0));
  return {
    bytes,
    opset: opsetOf(model),
    domains: otherDomains(model),
    nodes: graph.node,
    inputs,
    logits,
    softmax,
    classes,
    tensors: facts,
    nodeMacs,
    macs: nodeMacs.reduce((sum, macs) => sum + macs, 0),
    uncounted: [...new Set(graph.node.map(({ opType }) => opType).filter((type) => UNCOUNTED.has(type)))],
    needed: new Set([...needed].flatMap((place) => graph.node[place]!.output)),
    cuts: findCuts(graph.node, { needed, nodeMacs, facts, inputs, logits }),
  };
}

function otherDomains({ graph, opsetImport }: ReadModel): ForeignNetwork['domains'] {
  const used = new Set(graph.node.map(({ domain = '' }) => domain));
  return opsetImport
    .filter(({ domain }) => domain !== '' && domain !== 'ai.onnx' && used.has(domain))
    .map(({ domain, version }) => ({ domain, version: wholeOf(version) }));
}

function findAnswers(
  { graph }: ReadModel,
  facts: ReadonlyMap<string, TensorFacts>,
  { where, output }: { readonly where: string; readonly output?: string | undefined },
): string {
  const describe = (name: string): string => `${name} [${facts.get(name)?.dims.join(', ') ?? '?'}]`;
  const isClasses = (name: string): boolean => {
    const fact = facts.get(name);
    return (
      fact?.kind === 'sample' && fact.dims.length === 2 && fact.dims[1]! >= 2 && /^float/.test(fact.type)
    );
  };
  const names = graph.output.map(({ name }) => name);
  const all = names.map(describe).join(', ');
  if (output !== undefined) {
    if (names.includes(output) && isClasses(output)) return output;
    throw new DataError({
      where,
      rule: 'the output with the answers is one of the file, [batch, classes]',
      received: names.includes(output) ? describe(output) : `${output}; there is ${all}`,
    });
  }
  const [first, second] = names.filter(isClasses);
  if (first === undefined) {
    throw new DataError({
      where,
      rule: 'it is a classifier: an output holds one number for each class, [batch, classes]',
      received: all,
      remedy: 'Object detectors, segmentation and generators cannot be given exits here',
    });
  }
  if (second === undefined) return first;
  throw new DataError({
    where,
    rule: 'one output holds the answers',
    received: all,
    remedy: 'Name it: output',
  });
}

function isSoftmax(node: NodeMessage, facts: ReadonlyMap<string, TensorFacts>): boolean {
  if (node.opType !== 'Softmax' || node.domain) return false;
  const axis = Number(String(attributeOf(node, 'axis')?.i ?? -1));
  return (axis === -1 || axis === 1) && facts.get(node.input[0] ?? '')?.dims.length === 2;
}

/** The nodes that a tensor needs, by their places. */
function nodesFor(name: string, nodes: readonly NodeMessage[]): Set<number> {
  const makers = new Map(nodes.flatMap((node, place) => node.output.map((made) => [made, place] as const)));
  const needed = new Set<number>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const place = makers.get(next);
    if (place === undefined || needed.has(place)) continue;
    needed.add(place);
    open.push(...readsOf(nodes[place]!));
  }
  return needed;
}

/** One pass in the order of the nodes: what is alive behind each, and where that can be cut. */
function findCuts(
  nodes: readonly NodeMessage[],
  {
    needed,
    nodeMacs,
    facts,
    inputs,
    logits,
  }: {
    readonly needed: ReadonlySet<number>;
    readonly nodeMacs: readonly number[];
    readonly facts: ReadonlyMap<string, TensorFacts>;
    readonly inputs: readonly string[];
    readonly logits: string;
  },
): ForeignCut[] {
  const lastUse = new Map<string, number>([[logits, nodes.length]]);
  nodes.forEach((node, place) => {
    if (needed.has(place))
      for (const name of readsOf(node)) lastUse.set(name, Math.max(place, lastUse.get(name) ?? 0));
  });
  const alive = new Set(inputs.filter((name) => lastUse.has(name)));
  const cuts: ForeignCut[] = [];
  let macs = 0;
  nodes.forEach((node, place) => {
    macs += nodeMacs[place]!;
    if (!needed.has(place)) return;
    for (const name of node.output) {
      if ((lastUse.get(name) ?? -1) > place && facts.get(name)?.kind !== 'constant') alive.add(name);
    }
    for (const name of alive) if ((lastUse.get(name) ?? -1) <= place) alive.delete(name);
    const tensors = [...alive];
    if (alive.has(logits) || tensors.length === 0 || tensors.length > MOST_CARRIED) return;
    if (!tensors.every((name) => facts.get(name)?.kind === 'sample')) return;
    const bytes = tensors.reduce((sum, name) => sum + bytesFor(facts.get(name)!), 0);
    cuts.push({ after: place + 1, tensors, macs, bytes });
  });
  return cuts;
}

function bytesFor({ type, dims }: TensorFacts): number {
  return dims.reduce((product, size) => product * size, 1) * (bytesOf[type] ?? 4);
}
