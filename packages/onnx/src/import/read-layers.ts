import { DataError } from '@earlyexit/core';
import { tfl } from '../tf';
import type { ImageInput } from '../foreign/describe-input';
import type { NodeMessage } from '../protobuf/messages';
import type { ReadModel } from '../protobuf/read-model';
import { type ArrangedTensor, MAP, plainAxes, sizesOf } from './arranged-tensor';
import { type Constant, readTensor } from './constant';
import { foldConstants } from './fold-constants';
import { fuseActivations } from './fuse-activations';
import type { Logits } from './find-logits';
import { foldIntoWeights } from './fold-into-weights';
import { layerName } from './layer-names';
import { NetworkBuilder } from './network-builder';
import { operators, supportedOperators } from './operators-by-name';
import type { Value } from './operators/operator';
import { ATTACH_REMEDY, refuseNode } from './refuse-node';
import { reverseColors } from './reverse-colors';

/** What is known of the file. */
export interface LayersRequest {
  readonly input: ImageInput;
  readonly answers: Logits;
  readonly where: string;
  /** Whether the network takes blue first: its first weights are then reversed, so that it takes red first. */
  readonly isReversed: boolean;
}

/**
 * Turns the nodes of a graph into layers; the operators have to be of version 13 or newer.
 *
 * @throws DataError for a node that cannot become a layer
 */
export function readLayers(model: ReadModel, request: LayersRequest): tfl.LayersModel {
  const { input, answers, where, isReversed } = request;
  const values = new Map<string, Value>();
  const weightNames = new Set<string>();
  const needed = new Set(answers.nodes.flatMap((node) => node.input));
  for (const tensor of model.graph.initializer) {
    if (!needed.has(tensor.name)) continue;
    values.set(
      tensor.name,
      readTensor(tensor, {
        input: [],
        output: [tensor.name],
        name: tensor.name,
        opType: 'initializer',
        attribute: [],
      }),
    );
    weightNames.add(tensor.name);
  }
  const constantOf = (name: string): Constant | undefined => {
    const value = values.get(name);
    return value?.kind === 'constant' ? value : undefined;
  };
  // Constants first, so that patterns can be recognised.
  const open = answers.nodes.filter((node) => {
    const inputs = node.input.filter((name) => name !== '').map(constantOf);
    if (inputs.includes(undefined)) return true;
    const folded = foldConstants(node, inputs as Constant[]);
    if (folded === null) return true;
    values.set(node.output[0]!, folded);
    return false;
  });
  const fused = fuseActivations(open, constantOf);
  const nodes = foldIntoWeights(
    isReversed ? reverseColors(fused, input.name, values) : fused,
    values,
    answers.name,
  );

  const builder = new NetworkBuilder();
  builder.unique('input');
  const image = tfl.input({ shape: [...input.size], name: 'input' });
  const axes = input.layout === 'channels-first' ? MAP : plainAxes(3);
  values.set(input.name, { kind: 'tensor', symbolic: image, axes, nonNegative: false });
  const read = new Set([answers.name, ...nodes.flatMap((node) => node.input)]);
  try {
    for (const node of nodes) convert(node);
    const logits = values.get(answers.name);
    if (logits?.kind !== 'tensor') throw notAClassifier(where, 'answers that depend on no image');
    return tfl.model({ inputs: image, outputs: flatAnswers(logits), name: 'imported' });
  } catch (error) {
    builder.dispose();
    throw error;
  }

  function convert(node: NodeMessage): void {
    const inputs = node.input.map((name): Value | undefined =>
      name === ''
        ? undefined
        : (values.get(name) ?? refuseNode(node, 'what it reads is made before it', name)),
    );
    const known = inputs.every((value) => value === undefined || value.kind === 'constant')
      ? foldConstants(node, inputs as Constant[])
      : null;
    if (known !== null) {
      values.set(node.output[0]!, known);
      return;
    }
    const operator =
      node.domain === undefined || node.domain === '' || node.domain === 'ai.onnx' ? node.opType : '';
    if (!Object.hasOwn(operators, operator)) {
      const list = [...new Set(supportedOperators)].sort().join(', ');
      refuseNode(
        node,
        `the operators that become layers are ${list}`,
        `${node.domain ? `${node.domain}.` : ''}${node.opType}`,
      );
    }
    const weight = node.input.find((name, index) => index > 0 && weightNames.has(name));
    const made = operators[operator]!({
      node,
      builder,
      inputs,
      name: layerName(node, weight),
      isUsed: (output) => read.has(node.output[output] ?? ''),
    });
    const outputs = 'kind' in made ? [made] : made;
    outputs.forEach((value, index) => {
      const name = node.output[index] ?? '';
      if (name !== '') values.set(name, value);
    });
  }

  /** `[batch, classes]`, whatever axes of size 1 the file keeps. */
  function flatAnswers(logits: ArrangedTensor): tfl.SymbolicTensor {
    const sizes = sizesOf(logits);
    const isFlat = sizes.filter((size) => size > 1).length <= 1;
    if (!isFlat) throw notAClassifier(where, `[batch, ${sizes.join(', ')}]`);
    return builder.asPlain({ ...logits, axes: [logits.axes.flat()] }).symbolic;
  }
}

function notAClassifier(where: string, received: string): DataError {
  return new DataError({
    where,
    rule: 'it is a classifier of images: its output holds one number for each class, [batch, classes]',
    received,
    remedy: ATTACH_REMEDY,
  });
}
