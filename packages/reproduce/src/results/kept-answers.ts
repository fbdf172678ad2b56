import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { DataError } from '@earlyexit/core';
import { parseJsonObject, readWholeFile, writeWholeFile } from '@earlyexit/core/node';
import { type HostTensor, readSafetensors, type TensorValues, writeSafetensors } from '@earlyexit/core/safetensors';
import { type CachedLogits, type PolicyMetadata, validateCachedLogits } from '@earlyexit/exit-criteria';
import { z } from 'zod';

/** How the name of a file of kept answers ends. */
export const ANSWERS_ENDING = '.answers.gz';

// A thousand classes, five exits, fifty thousand images in 16 bits.
const LARGEST_BYTES = 2 ** 29;

const head = z.object({
  format: z.literal('earlyexit-answers'),
  formatVersion: z.literal(1),
  name: z.string().min(1),
  title: z.string().min(1),
  dataset: z.string().min(1),
  engine: z.string().min(1),
  version: z.string().min(1),
  seed: z.int().min(0),
  commands: z.array(z.string().min(1)),
  notes: z.array(z.string().min(1)).default([]),
  exits: z.array(z.object({ name: z.string(), macs: z.number().positive() })).min(1),
  staticMacs: z.number().positive(),
  // Checked as a policy where it is used.
  policy: z.custom<PolicyMetadata>((value) => typeof value === 'object').nullable(),
});

/** A network in what results need to know of it. */
export type AnsweredNetwork = Omit<z.infer<typeof head>, 'format' | 'formatVersion'>;

/**
 * What every exit of a network says of its calibration and its test images: every figure of accuracy and cost follows
 * from it, without the images and without the network.
 */
export interface KeptAnswers extends AnsweredNetwork {
  readonly calibration: CachedLogits;
  /** With labels. */
  readonly test: CachedLogits;
}

/**
 * Writes kept answers, whole or not at all. Logits are rounded to 16 bits, about three digits, and compressed: four exits
 * of ten classes on 15,000 images take 1 MB.
 *
 * @param path ends in `ANSWERS_ENDING`
 * @throws EnvironmentError if it cannot be written
 */
export async function writeAnswers(path: string, answers: KeptAnswers): Promise<void> {
  const { calibration, test, ...network } = answers;
  const tensors = new Map([...tensorsOf('calibration', calibration), ...tensorsOf('test', test)]);
  const about = { format: 'earlyexit-answers', formatVersion: 1, ...network };
  const bytes = writeSafetensors(tensors, { answers: JSON.stringify(about) }, 'float16');
  await writeWholeFile(path, await promisify(gzip)(bytes, { level: 9 }));
}

/**
 * Reads kept answers from an untrusted file.
 *
 * @throws DataError for a file that holds none, is damaged, or whose parts do not fit each other
 */
export async function readAnswers(path: string): Promise<KeptAnswers> {
  const { tensors, metadata } = readSafetensors(await unpacked(path), path);
  const parsed = head.safeParse(
    parseJsonObject(new TextEncoder().encode(metadata.get('answers') ?? '{}'), path),
  );
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(path, `${issue?.path.join('.') ?? 'the head'}: ${issue?.message ?? 'not as kept answers have it'}`);
  }
  const { format: _format, formatVersion: _version, ...network } = parsed.data;
  const part = (role: 'calibration' | 'test'): CachedLogits => {
    const [samples = 0, classes = 0] = tensors.get(`${role}.exit0`)?.shape ?? [];
    const exits = network.exits.map((_, exit) => tensors.get(`${role}.exit${exit}`)?.values);
    const labels = tensors.get(`${role}.labels`)?.values;
    if (!exits.every((values) => values instanceof Float32Array) || !(labels instanceof Int32Array))
      throw refuse(path, `no logits of every exit, or no labels, for the ${role} images`);
    const cached: CachedLogits = { exits: exits, samples, classes, labels };
    validateCachedLogits(cached, path);
    return cached;
  };
  return { ...network, calibration: part('calibration'), test: part('test') };
}

function tensorsOf(role: string, { exits, samples, classes, labels }: CachedLogits): [string, HostTensor<TensorValues>][] {
  return [
    ...exits.map((values, exit): [string, HostTensor<TensorValues>] => [
      `${role}.exit${exit}`,
      { shape: [samples, classes], values },
    ]),
    [`${role}.labels`, { shape: [samples], values: labels ?? new Int32Array(samples) }],
  ];
}

async function unpacked(path: string): Promise<Uint8Array> {
  const packed = await readWholeFile(path, { size: LARGEST_BYTES });
  try {
    return await promisify(gunzip)(packed, { maxOutputLength: LARGEST_BYTES });
  } catch (cause) {
    throw refuse(path, (cause as Error).message, cause);
  }
}

function refuse(where: string, received: string, cause?: unknown): DataError {
  return new DataError({
    where,
    rule: 'the file holds the kept answers of a network',
    received,
    remedy: 'Keep them anew',
    cause,
  });
}
