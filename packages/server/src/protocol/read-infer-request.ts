import { channelsLast, describeValue } from '@earlyexit/core';
import { checkShape } from '../http/check-shape';
import { tooManyImages, wrongRequest } from '../http/refusal';
import type { ModelInputs } from './input-tensors';
import { type InferRequest, inferRequest, type InputTensor } from './infer-request';
import { flattenNumbers } from './flatten-numbers';
import { requireFinite } from './require-finite';
import type { TensorDescription } from './tensor';

/** A request, read. */
export interface ReadRequest extends Pick<InferRequest, 'id' | 'parameters' | 'outputs'> {
  /** `[image, height, width, channel]` */
  readonly data: Float32Array | Uint8Array;
  readonly count: number;
}

/** What a request is read for. */
export interface RequestSubject {
  readonly inputs: ModelInputs;
  /** What the session takes of an image. */
  readonly inputShape: readonly number[];
  /** The most images of a request. */
  readonly maxImages: number;
}

/**
 * Reads a request of the Open Inference Protocol: JSON, and behind it the data of tensors that are sent in binary.
 *
 * @param body as it was sent, decompressed
 * @param headerLength bytes of the JSON, as `Inference-Header-Content-Length` says; all of the body unless given
 * @throws Refusal if it is none, or not for this model
 */
export function readInferRequest(
  body: Buffer,
  headerLength: string | undefined,
  { inputs, inputShape, maxImages }: RequestSubject,
): ReadRequest {
  const length = readHeaderLength(headerLength, body.length);
  const {
    id,
    parameters,
    outputs,
    inputs: given,
  } = checkShape(inferRequest, parseJson(body.subarray(0, length)), [
    'thresholds',
    'max_macs',
    'timeout',
    'binary_data_output',
  ]);
  const binary = body.subarray(length);
  const tensor = oneInput(given, inputs);
  const description = tensor.name === inputs.values.name ? inputs.values : inputs.bytes!;
  const count = countOf(tensor, description, maxImages);
  const size = inputShape.reduce((product, side) => product * side, 1);
  const data = readData(tensor, { description, binary, length: count * size });
  if (data instanceof Uint8Array) return { id, parameters, outputs, data, count };
  requireFinite(data, count);
  return { id, parameters, outputs, data: channelsLast(data, inputShape), count };
}

function readHeaderLength(header: string | undefined, length: number): number {
  if (header === undefined) return length;
  const value = /^\d{1,12}$/.test(header) ? Number(header) : NaN;
  if (value <= length) return value;
  throw wrongRequest({
    where: 'Inference-Header-Content-Length',
    rule: `it is the number of bytes of the JSON at the beginning of the body, here of ${length} bytes`,
    received: header.slice(0, 100),
  });
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw wrongRequest({
      where: 'body',
      rule: 'it is JSON in UTF-8: {"inputs": [{"name", "shape", "datatype", "data"}]}',
      received: bytes.length === 0 ? 'nothing' : (cause as Error).message.slice(0, 200),
      remedy: 'With binary data behind it, Inference-Header-Content-Length says how many bytes the JSON has',
      cause,
    });
  }
}

function oneInput(given: readonly InputTensor[], { values, bytes }: ModelInputs): InputTensor {
  const known = [values, ...(bytes === null ? [] : [bytes])].map(({ name }) => name);
  const [tensor] = given;
  if (tensor !== undefined && given.length === 1 && known.includes(tensor.name)) return tensor;
  const received = given.map(({ name }) => name.slice(0, 100)).join(', ');
  throw wrongRequest({
    where: 'inputs',
    rule: `there is one input, ${known.join(' or ')}`,
    received: received === '' ? 'none' : received,
  });
}

/** How many images a tensor holds, whose type and shape are those of a description. */
function countOf(
  { name, datatype, shape }: InputTensor,
  description: TensorDescription,
  maxImages: number,
): number {
  const where = `inputs, ${name}`;
  if (datatype !== description.datatype) {
    throw wrongRequest({
      where,
      rule: `its datatype is ${description.datatype}`,
      received: datatype,
      ...(datatype === 'UINT8'
        ? { remedy: 'Raw bytes are the input images, where the model takes them' }
        : {}),
    });
  }
  const [count = 0, ...rest] = shape;
  const wanted = description.shape.slice(1);
  if (count < 1 || rest.join() !== wanted.join()) {
    throw wrongRequest({
      where,
      rule: `its shape is [n, ${wanted.join(', ')}] with n of at least 1`,
      received: `[${shape.join(', ')}]`,
    });
  }
  if (count > maxImages) throw tooManyImages(count, maxImages);
  return count;
}

function readData(
  { name, data, parameters }: InputTensor,
  {
    description,
    binary,
    length,
  }: { readonly description: TensorDescription; readonly binary: Buffer; readonly length: number },
): Float32Array | Uint8Array {
  const where = `inputs, ${name}`;
  const size = parameters?.binary_data_size;
  if (size === undefined) {
    if (binary.length > 0) {
      throw wrongRequest({
        where,
        rule: 'data behind the JSON are announced by the parameter binary_data_size of their input',
        received: `${binary.length} bytes, and no binary_data_size`,
      });
    }
    if (!Array.isArray(data)) {
      throw wrongRequest({
        where,
        rule: 'its data are a list of numbers, or follow the JSON and are announced by binary_data_size',
        received: describeValue(data),
      });
    }
    return flattenNumbers(data, { where, length, isBytes: description.datatype === 'UINT8' });
  }
  const bytes = length * (description.datatype === 'FP32' ? 4 : 1);
  if (data !== undefined || size !== bytes || binary.length !== bytes) {
    throw wrongRequest({
      where,
      rule: `in binary it has ${bytes} bytes by its shape, all of what follows the JSON, and no data in the JSON`,
      received: `binary_data_size ${size}, ${binary.length} bytes behind the JSON${data === undefined ? '' : ', and data in it'}`,
    });
  }
  if (description.datatype === 'UINT8') return binary;
  // Copied: the data may begin anywhere in the body, a Float32Array only at a multiple of four.
  return new Float32Array(new Uint8Array(binary).buffer);
}
