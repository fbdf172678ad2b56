import type { TensorMessage, ValueInfoMessage } from '../protobuf/messages';
import { axesOf, type ReadModel, sizeOf } from '../protobuf/read-model';
import { heldTensor, wholeNumbers, wholeTensor } from './constant-values';
import { fedInputs } from './fed-inputs';

/** What the free batch is called. */
const BATCH = 'batch';

/**
 * Makes the batch of a model free, in place: its input and outputs are stated so, and constant shapes that hold it are
 * written anew. Whether that was enough is for a run to tell.
 *
 * @param model with one input, the batch in front: `describeInput` refuses any other
 * @returns the size that the batch had; `null` where it was free
 */
export function freeBatch({ graph }: ReadModel): number | null {
  const input = fedInputs(graph)[0]!;
  const batch = sizeOf(axesOf(input)[0]!);
  // Shapes in the middle follow from the inputs; those that are stated hold the old batch.
  graph.valueInfo = [];
  for (const value of [input, ...graph.output]) setBatch(value);
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

function setBatch(value: ValueInfoMessage): void {
  const axes = axesOf(value);
  if (axes.length > 0) axes[0] = { dimParam: BATCH };
}
