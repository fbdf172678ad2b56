import type { Answers, SessionMetadata } from '@earlyexit/inference';
import { didYouMean } from '@earlyexit/core';
import { wrongRequest } from '../http/refusal';
import type { InferRequest } from './infer-request';
import { describeOutputs, outputTensor } from './output-tensors';
import { tensorToBytes, tensorToJson } from './tensor';

/** An output that a request asks for. */
export interface AskedOutput {
  readonly name: string;
  readonly isBinary: boolean;
}

/** An answer, ready to be sent. */
export interface InferResponse {
  readonly body: Buffer;
  /** Bytes of the JSON, where binary data follow it; null where there are none. */
  readonly headerLength: number | null;
}

/**
 * The outputs that a request asks for; all of them unless it names some.
 *
 * @throws Refusal for a name that is none
 */
export function askedOutputs(
  { outputs, parameters }: Pick<InferRequest, 'outputs' | 'parameters'>,
  metadata: SessionMetadata,
): readonly AskedOutput[] {
  const names = describeOutputs(metadata).map(({ name }) => name);
  const isBinary = parameters?.binary_data_output ?? false;
  if (outputs === undefined || outputs.length === 0) return names.map((name) => ({ name, isBinary }));
  return outputs.map(({ name, parameters: own }) => {
    if (names.includes(name)) return { name, isBinary: own?.binary_data ?? isBinary };
    const word = name.slice(0, 100);
    throw wrongRequest({
      where: 'outputs',
      rule: `they are of ${names.join(', ')}`,
      received: word,
      remedy: didYouMean(word, names),
    });
  });
}

/** The answer of the protocol: JSON, and behind it the data of the outputs that are asked for in binary. */
export function writeInferResponse(
  answers: Answers,
  metadata: SessionMetadata,
  {
    outputs,
    ...about
  }: {
    readonly outputs: readonly AskedOutput[];
    readonly model_name: string;
    readonly model_version: string;
    readonly id: string | undefined;
  },
): InferResponse {
  const binary: Buffer[] = [];
  const written = outputs.map(({ name, isBinary }) => {
    const tensor = outputTensor(name, answers, metadata);
    const { datatype, shape } = tensor;
    if (!isBinary) return { name, datatype, shape, data: tensorToJson(tensor) };
    const bytes = tensorToBytes(tensor);
    binary.push(bytes);
    return { name, datatype, shape, parameters: { binary_data_size: bytes.length } };
  });
  const json = Buffer.from(JSON.stringify({ ...about, outputs: written }), 'utf8');
  if (binary.length === 0) return { body: json, headerLength: null };
  return { body: Buffer.concat([json, ...binary]), headerLength: json.length };
}
