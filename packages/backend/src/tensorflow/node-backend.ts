import type { tf } from '../tf';

/** An attribute of a TensorFlow operation, as the binding takes it. */
export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The parts of tfjs-node's backend that run any TensorFlow operation. The results are tracked like any tensor. */
export interface NodeBackend {
  readonly binding: Readonly<
    Record<
      'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_FLOAT',
      number
    >
  >;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: Attribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

/** Makes an attribute. */
export function attribute(
  node: NodeBackend,
  name: string,
  kind: 'TYPE' | 'FLOAT' | 'STRING' | 'BOOL' | 'INT',
  value: unknown,
): Attribute {
  return { name, type: node.binding[`TF_ATTR_${kind}`], value };
}
