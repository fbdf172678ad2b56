import { DataError } from '@earlyexit/core';
import type { TensorMessage, ValueInfoMessage } from '../protobuf/messages';
import { axesOf, type ReadModel, sizeOf } from '../protobuf/read-model';
import { heldTensor, wholeNumbers, wholeTensor } from './constant-values';

/** What the free batch is called. */
const BATCH = 'batch';

/**
 * Makes the batch of a model free, in place: its inputs and outputs are stated so, and constant shapes that hold it are
 * written anew. Whether that was enough is for a run to tell: see `surveyNetwork`.
 *
 * @returns the size that the batch had; `null` where it was free
 * @throws DataError if the inputs do not agree on a batch, or one has none
 */
export function freeBatch({ graph }: ReadModel, where: string): number | null {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const sizes = new Set(inputs.map((input) => batchOf(input, where)));
  if (sizes.size > 1 || inputs.length === 0) {
    throw new DataError({
      where,
      rule: 'all inputs have the same batch in front',
      received: inputs.map(({ name }) => name).join(', ') || 'no inputs',
    });
  }
  const [batch = null] = sizes;
  // Shapes in the middle follow from the inputs; those that are stated hold the old batch.
  graph.valueInfo = [];
  for (const value of [...inputs, ...graph.output]) setBatch(value);
  if (batch === null) return null;

  const shapes = new Map<string, TensorMessage>();
  for (const tensor of graph.initializer) shapes.set(tensor.name, tensor);
  for (const node of graph.node) {
    const tensor = heldTensor(node);
    if (tensor !== null) shapes.set(node.output[0] ?? '', tensor);
  }
  for (const [place, node] of graph.node.entries()) {
    const shape = node.opType === 'Reshape' ? shapes.get(node.input[1] ?? '') : undefined;
    const target = shape === undefined ? null : wholeNumbers(shape);
    if (target === null || target[0] !== batch || target.length < 2) continue;
    // Zero stands for the size that the input has at this place.
    const name = `${node.input[1] ?? ''}_free_${place}`;
    graph.initializer.push(wholeTensor(name, [0, ...target.slice(1)]));
    node.input = [node.input[0] ?? '', name];
  }
  return batch;
}

function batchOf(value: ValueInfoMessage, where: string): number | null {
  const [first] = axesOf(value);
  if (first !== undefined) return sizeOf(first);
  throw new DataError({
    where,
    rule: 'every input is a tensor with the batch in front',
    received: `${value.name}, a single value or no shape`,
  });
}

function setBatch(value: ValueInfoMessage): void {
  const axes = axesOf(value);
  if (axes.length > 0) axes[0] = { dimParam: BATCH };
}
