import { DataError } from '@earlyexit/core';
import type { NodeMessage } from '../protobuf/messages';
import type { ReadModel } from '../protobuf/read-model';

/** Operators at the end that change no answer: the numbers keep their order, and the largest stays the largest. */
const PASSING = new Set(['Identity', 'Dropout', 'Cast']);
const SOFTMAX = new Set(['Softmax', 'LogSoftmax']);
/** Operators that may surround a softmax that was written for another number of axes. */
const SHAPING = new Set(['Reshape', 'Flatten', 'Squeeze']);

/** The answers of a network, before a softmax. */
export interface Logits {
  /** The tensor before a softmax at the end. */
  readonly name: string;
  /** The nodes that lead to it, in their order. */
  readonly nodes: readonly NodeMessage[];
}

/**
 * Finds the logits: the output with the answers, before a softmax.
 *
 * @throws DataError if the named output does not exist, or if there are several and none is named
 */
export function findLogits(
  { graph }: Pick<ReadModel, 'graph'>,
  { output, where }: { readonly output: string | undefined; readonly where: string },
): Logits {
  const names = graph.output.map(({ name }) => name);
  const chosen = output ?? (names.length === 1 ? names[0] : undefined);
  if (chosen === undefined || !names.includes(chosen)) {
    throw new DataError({
      where,
      rule:
        output === undefined
          ? 'one output holds the answers'
          : 'the output with the answers is one of the file',
      received: output === undefined ? names.join(', ') : `${output}; there is ${names.join(', ')}`,
      ...(output === undefined ? { remedy: 'Name it: output' } : {}),
    });
  }
  const makers = new Map(graph.node.flatMap((node) => node.output.map((made) => [made, node] as const)));
  const name = beforeSoftmax(chosen, makers);
  const needed = new Set<NodeMessage>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const maker = makers.get(next);
    if (maker === undefined || needed.has(maker)) continue;
    needed.add(maker);
    open.push(...maker.input);
  }
  return { name, nodes: graph.node.filter((node) => needed.has(node)) };
}

function beforeSoftmax(output: string, makers: ReadonlyMap<string, NodeMessage>): string {
  let name = output;
  let found = output;
  for (let maker = makers.get(name); maker !== undefined; maker = makers.get(name)) {
    const { opType } = maker;
    if (!PASSING.has(opType) && !SHAPING.has(opType) && !SOFTMAX.has(opType)) break;
    name = maker.input[0] ?? '';
    if (PASSING.has(opType) && found === maker.output[0]) found = name;
    if (SOFTMAX.has(opType)) {
      found = name;
      // There is only one softmax; what was flattened for it stays flat.
      break;
    }
  }
  return found;
}
