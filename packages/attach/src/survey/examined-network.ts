import { DataError, type WorkOptions } from '@earlyexit/core';
import {
  type ForeignNetwork,
  type FreedFile,
  type ImageInput,
  kindOf,
  readModel,
  type StatedInput,
  understandNetwork,
} from '@earlyexit/onnx/foreign';
import type { Survey, SurveyQuestion } from './survey-network';

/** What is known of a network besides its file. */
export interface ExamineOptions extends StatedInput, WorkOptions {
  /** The output with the answers, where there are several that may be. */
  readonly output?: string | undefined;
}

/** A classifier that onnxruntime has run, and everything that was found out about it. */
export interface ExaminedNetwork {
  /** The file's name. */
  readonly where: string;
  readonly network: ForeignNetwork;
  readonly input: ImageInput;
}

/** What onnxruntime may differ by when a sample is alone or with others, as a share of its largest answer. */
const LARGEST_DIFFERENCE = 1e-3;

/**
 * Refuses a file that has exits already.
 *
 * @throws DataError if it has, or cannot be read
 */
export function requireWithoutExits(bytes: Uint8Array, where: string): void {
  const kind = kindOf(readModel(bytes, where), where);
  if (kind === 'foreign' || kind === 'static') return;
  throw new DataError({
    where,
    rule: 'it is a network without exits',
    received: kind === 'conditional' ? 'a file that has exits already' : `a file of another kind: ${kind}`,
    remedy: 'Give the network that it was made of',
  });
}

/** How a network takes one image. */
export function oneImage({ name, type, layout, size }: ImageInput): SurveyQuestion['input'] {
  const [height, width, channels] = size;
  const dims = layout === 'channels-first' ? [1, channels, height, width] : [1, height, width, channels];
  return { name, type, dims };
}

/**
 * What a survey has shown of a network.
 *
 * @param plain the file that was surveyed
 * @throws DataError if it is no classifier, its batch cannot be freed, or its answers are not finite or change from run to
 * run
 */
export function examinedNetwork(
  plain: Uint8Array,
  survey: Survey,
  {
    where,
    input,
    output,
  }: { readonly where: string; readonly output?: string | undefined } & Pick<FreedFile, 'input'>,
): ExaminedNetwork {
  const tensors = checkSurvey(survey, where);
  const facts = new Map(tensors.map(({ name, ...fact }) => [name, fact]));
  const { name, type, dims } = oneImage(input);
  facts.set(name, { type, dims, kind: 'sample' });
  const network = understandNetwork(plain, facts, { where, output });
  checkAnswers(survey, network, where);
  return { where, network, input };
}

function checkSurvey({ batchError, tensors }: Survey, where: string): NonNullable<Survey['tensors']> {
  if (batchError === undefined) return tensors ?? [];
  throw new DataError({
    where,
    rule: 'the batch can be made free',
    received: batchError.split('\n')[0] ?? '',
    remedy: 'Export the network with a dynamic batch (dynamic_axes in PyTorch)',
  });
}

function checkAnswers({ outputs = [] }: Survey, { logits, softmax }: ForeignNetwork, where: string): void {
  const answer = outputs.find(({ name }) => name === (softmax ?? logits));
  if (answer === undefined) return;
  const refuse = (rule: string, received: string, remedy: string): never => {
    throw new DataError({ where, rule, received, remedy });
  };
  if (!answer.finite) {
    refuse('its answers are finite numbers', 'NaN or infinite values', 'Look whether the weights are whole');
  }
  if (!answer.deterministic) {
    refuse(
      'the same images get the same answers',
      'others in a second run',
      'Export the network for inference: dropout is still on',
    );
  }
  if (!((answer.difference ?? Infinity) <= LARGEST_DIFFERENCE)) {
    refuse(
      'an image gets the same answer alone and among others',
      `a difference of ${answer.difference ?? 'unknown size'}`,
      'Export the network with a dynamic batch, and for inference: normalisation by the batch is still on',
    );
  }
}
