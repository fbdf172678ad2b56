import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError, type WorkOptions } from '@earlyexit/core';
import {
  exposeTensors,
  type ForeignNetwork,
  type ImageInput,
  kindOf,
  type NetworkSource,
  readForeign,
  readModel,
  readNetwork,
  type StatedInput,
  understandNetwork,
  upgradeForeign,
} from '@earlyexit/onnx/foreign';
import { type Probe, startProbe, type Survey } from './start-probe';

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
 * Reads a classifier of any origin and tries it: its shapes are folded by onnxruntime, its batch made free, and batches
 * of 1, 2 and 5 samples held against each other.
 *
 * @throws DataError if it is no classifier of images, its batch cannot be freed, its answers are not finite or change
 * from run to run, or onnxruntime cannot run it; EnvironmentError if onnxruntime-node is not installed
 */
export async function examineNetwork(
  source: NetworkSource,
  { output, size, layout, signal, onProgress }: ExamineOptions = {},
): Promise<ExaminedNetwork> {
  const { bytes, where, readExternal } = await readNetwork(source, signal);
  const steps = (done: number): void => {
    onProgress?.({ what: `reading ${where}`, done, total: 3, unit: 'steps' });
  };
  steps(0);
  requireWithoutExits(bytes, where);
  const freed = await readForeign(bytes, where, { readExternal, size, layout });
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-'));
  const file = (name: string): string => join(folder, `${name}.onnx`);
  let probe: Probe | null = null;
  try {
    const original = typeof source === 'string' ? source : file('original');
    if (typeof source !== 'string') await writeFile(original, bytes);
    await writeFile(file('freed'), freed.bytes);
    probe = await startProbe(where, signal);
    await probe.fold({ file: file('freed'), folded: file('folded') });
    const plain = upgradeForeign(await readFile(file('folded')), where);
    await writeFile(file('plain'), plain);
    const exposed = exposeTensors(plain, where);
    await writeFile(file('exposed'), exposed.bytes);
    steps(1);
    const { size: images } = freed.input;
    const dims =
      freed.input.layout === 'channels-first' ? [1, images[2], images[0], images[1]] : [1, ...images];
    const survey = await probe.survey({
      original,
      fixedBatch: freed.fixedBatch,
      plain: file('plain'),
      exposed: file('exposed'),
      input: { name: freed.input.name, type: freed.input.type, dims },
      names: exposed.names,
    });
    steps(2);
    const tensors = checkSurvey(survey, where);
    const facts = new Map(tensors.map(({ name, ...fact }) => [name, fact]));
    facts.set(freed.input.name, { type: freed.input.type, dims, kind: 'sample' });
    const network = understandNetwork(plain, facts, { where, output });
    checkAnswers(survey, network, where);
    steps(3);
    return { where, network, input: freed.input };
  } finally {
    probe?.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

function requireWithoutExits(bytes: Uint8Array, where: string): void {
  const kind = kindOf(readModel(bytes, where), where);
  if (kind === 'foreign' || kind === 'static') return;
  throw new DataError({
    where,
    rule: 'it is a network without exits',
    received: kind === 'conditional' ? 'a file that has exits already' : `a file of another kind: ${kind}`,
    remedy: 'Give the network that it was made of',
  });
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
