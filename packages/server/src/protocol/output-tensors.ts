import type { Answers, SessionMetadata } from '@earlyexit/inference';
import type { Tensor, TensorDescription } from './tensor';

type Metadata = Pick<SessionMetadata, 'classes' | 'exits'>;

/**
 * What a model answers with, in the order in which it is given. `logits`, `exit_index` and `score` are what the
 * conditional file itself calls them, so that a client goes on where that file is served by another program.
 */
export function describeOutputs({ classes }: Metadata): readonly TensorDescription[] {
  return [
    { name: 'logits', datatype: 'FP32', shape: [-1, classes.length] },
    { name: 'exit_index', datatype: 'INT64', shape: [-1] },
    { name: 'score', datatype: 'FP32', shape: [-1] },
    { name: 'exit_name', datatype: 'BYTES', shape: [-1] },
    { name: 'class_index', datatype: 'INT64', shape: [-1] },
    { name: 'label', datatype: 'BYTES', shape: [-1] },
    { name: 'probability', datatype: 'FP32', shape: [-1] },
    { name: 'macs', datatype: 'INT64', shape: [-1] },
  ];
}

/** The answers of a session as the tensor of a name that `describeOutputs` lists. */
export function outputTensor(name: string, answers: Answers, { classes, exits }: Metadata): Tensor {
  const shape = [answers.count];
  const numbers = { logits: answers.logits, score: answers.scores, probability: answers.probabilities }[name];
  if (numbers !== undefined) {
    const values = Float32Array.from(numbers);
    return { name, datatype: 'FP32', shape: name === 'logits' ? [...shape, classes.length] : shape, values };
  }
  const integers = { exit_index: answers.exits, class_index: answers.classes, macs: answers.macs }[name];
  if (integers !== undefined) return { name, datatype: 'INT64', shape, values: integers };
  const values =
    name === 'label'
      ? Array.from(answers.classes, (index) => classes[index] ?? String(index))
      : Array.from(answers.exits, (index) => exits[index]?.name ?? String(index));
  return { name, datatype: 'BYTES', shape, values };
}
