import type { Attribute, Graph, Node, Tensor, ValueInfo } from './decode-model';
import { applyOperator, checkKind } from './operators';
import { need } from './refusal';
import { bytesOf, isSame, type Size, tensor, type Value, volume } from './value';

/** What has been found so far in the whole file. */
interface Tally {
  readonly names: Set<string>;
  /** The numbers in all tensors together, for one image. */
  numbers: number;
  /** Multiply-accumulates for one image. */
  work: number;
  freshSizes: number;
}

/** The tensors that a graph sees, and the sizes that are known to be at least one. */
interface Scope {
  readonly values: ReadonlyMap<string, Value>;
  readonly present: ReadonlySet<Size>;
}

/** A billion numbers, in all tensors of a network together, for one image. */
export const MOST_NUMBERS = 2 ** 30;
/** 137 billion multiply-accumulates for one image, thirty times those of ResNet-50 at 224 × 224. */
export const MOST_WORK = 2 ** 37;
/** The values of constants up to this length are read: shapes, axes, paddings. */
const LONGEST_LIST = 64;
const DEEPEST = 64;

/**
 * Follows the tensors of a graph, and of the graphs inside it, from the inputs to the outputs: every node must be one
 * that our exporter writes and get what it needs, and no tensor may be larger than a real network's.
 *
 * @param inputs the tensors that the caller feeds
 * @returns the outputs, in the order of the graph
 * @throws Refusal
 */
export function checkGraph(graph: Graph, inputs: ReadonlyMap<string, Value>): Map<string, Value> {
  const tally: Tally = { names: new Set(inputs.keys()), numbers: 0, work: 0, freshSizes: 0 };
  return follow(graph, { values: inputs, present: new Set(['batch']) }, tally, 0);
}

function follow(graph: Graph, outer: Scope, tally: Tally, depth: number): Map<string, Value> {
  need(depth < DEEPEST, `graphs are nested at most ${DEEPEST} deep`, 'deeper');
  const values = new Map(outer.values);
  const scope = { values, present: outer.present };
  const define = (name: string, value: Value): void => {
    need(name !== '' && !tally.names.has(name), 'every tensor has its own name', name || 'none');
    tally.names.add(name);
    tally.numbers += volume(value.sizes);
    need(tally.numbers <= MOST_NUMBERS, `all tensors hold at most ${MOST_NUMBERS} numbers per image`, 'more');
    values.set(name, value);
  };
  for (const initializer of graph.initializer) define(initializer.name ?? '', readConstant(initializer));
  for (const node of graph.node) {
    const made = node.opType === 'If' ? branch(node, scope, tally, depth) : apply(node, scope, tally);
    need(made.length === node.output.length, `${node.opType} has ${made.length} outputs`, node.output.length);
    node.output.forEach((name, index) => {
      define(name, made[index]!);
    });
  }
  for (const info of graph.valueInfo) checkInfo(info, values);
  return new Map(
    graph.output.map((info) => {
      const value = checkInfo(info, values);
      need(!outer.values.has(info.name!), 'a graph computes its outputs itself', info.name);
      return [info.name!, value];
    }),
  );
}

function apply(
  { opType = '', input, output, attribute }: Node,
  { values, present }: Scope,
  tally: Tally,
): readonly Value[] {
  const made = applyOperator({
    op: opType,
    inputs: input.map((name) => (name === '' ? undefined : find(values, name))),
    outputs: output.length,
    attributes: byName(opType, attribute),
    present,
    freshSize: () => `left${tally.freshSizes++}`,
  });
  tally.work += made.work ?? 0;
  need(tally.work <= MOST_WORK, `an image takes at most ${MOST_WORK} multiply-accumulates`, 'more');
  return made.outputs;
}

/** `If`: both branches have to make the same tensors; in the first, what was counted is known to exist. */
function branch(
  { input, attribute }: Node,
  { values, present }: Scope,
  tally: Tally,
  depth: number,
): readonly Value[] {
  const attributes = byName('If', attribute);
  const condition = find(values, input[0] ?? '');
  const { countOf } = condition;
  need(
    input.length === 1 && countOf !== undefined && condition.sizes.length === 0 && condition.type === 9,
    'If asks whether rows are left',
    input.join(', '),
  );
  const [yes, no] = (['then_branch', 'else_branch'] as const).map((name) => {
    const held = attributes.get(name);
    need(
      attributes.size === 2 && held !== undefined,
      'If has a then_branch and an else_branch',
      [...attributes.keys()].join(', '),
    );
    checkKind(name, 'g', held);
    const graph = held.g!;
    need(graph.input.length === 0, `a ${name} takes no inputs of its own`, graph.input.length);
    const there = name === 'then_branch' ? new Set([...present, countOf]) : present;
    return [...follow(graph, { values, present: there }, tally, depth + 1).values()];
  });
  need(
    yes!.length === no!.length &&
      yes!.every(({ type, sizes }, i) => type === no![i]!.type && isSame(sizes, no![i]!.sizes)),
    'both branches of If make the same tensors',
    'others',
  );
  return yes!.map(({ type, sizes }) => tensor(type, sizes));
}

function find(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  need(value !== undefined, 'every input of a node was computed before it', name);
  return value;
}

function byName(op: string, attributes: readonly Attribute[]): Map<string, Attribute> {
  const found = new Map(attributes.map((attribute) => [attribute.name ?? '', attribute]));
  need(found.size === attributes.length, `${op} has every attribute once`, attributes.length);
  return found;
}

function readConstant({ name, dims, dataType = 0, rawData }: Tensor): Value {
  const value = tensor(dataType, dims);
  const size = bytesOf[dataType] ?? 0;
  const numbers = volume(dims);
  need(
    size > 0 && rawData?.length === numbers * size,
    'a constant has as many bytes as its type and shape say',
    `${name}: ${rawData?.length} for [${dims.join(', ')}] of type ${dataType}`,
  );
  if (numbers > LONGEST_LIST || (dataType !== 7 && dataType !== 1)) return value;
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const data = Array.from({ length: numbers }, (_, index) =>
    dataType === 1 ? view.getFloat32(index * size, true) : Number(view.getBigInt64(index * size, true)),
  );
  return { ...value, data };
}

/** Reads the type and shape stated for a tensor and compares them with what is known. */
function checkInfo(info: ValueInfo, values: ReadonlyMap<string, Value>): Value {
  const value = find(values, info.name ?? '');
  const stated = sizesOf(info);
  need(
    info.type?.tensorType?.elemType === value.type &&
      stated.length === value.sizes.length &&
      // A free size may have any name.
      stated.every(
        (size, axis) =>
          size === value.sizes[axis] ||
          (typeof size === typeof value.sizes[axis] && typeof size === 'string'),
      ),
    'the type and shape stated for a tensor are right',
    `${info.name}: [${stated.join(', ')}] for [${value.sizes.join(', ')}]`,
  );
  return value;
}

/** The sizes stated for a tensor. */
export function sizesOf({ name, type }: ValueInfo): Size[] {
  const shape = type?.tensorType?.shape;
  need(shape !== undefined, 'every stated tensor has a shape', name);
  return shape.dim.map(({ value, param }) => {
    need((value === undefined) !== (param === undefined), 'a size is a number or a name', name);
    return value ?? param!;
  });
}
