import { DataError, isRecord } from '@earlyexit/core';
import { kindOfPath, readJsonFile } from '@earlyexit/core/node';
import type { EvaluationDocument } from './evaluation-document';

/**
 * Reads the output of `evaluate --json` from a file.
 *
 * @returns null if there is no such file
 * @throws DataError if the file cannot be read or holds something else
 */
export async function readEvaluation(path: string, signal?: AbortSignal): Promise<EvaluationDocument | null> {
  if ((await kindOfPath(path)) === null) return null;
  const value = await readJsonFile(path, signal);
  const wrong = Object.entries(fields).find(([name, is]) => !is(value[name]));
  if (wrong === undefined) return value as unknown as EvaluationDocument;
  const [field] = wrong;
  throw new DataError({
    where: path,
    rule: 'it is an evaluation, as evaluate() returns it and the command prints it as JSON',
    received: `${field}: ${field in value ? JSON.stringify(value[field]).slice(0, 60) : 'nothing'}`,
    remedy: 'Evaluate again, or remove the file',
  });
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isShare = (value: unknown): boolean =>
  Number.isFinite(value) && Math.abs((value as number) - 0.5) <= 0.5;
const orNull =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || is(value);
const listOf =
  (is: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(is);

/** The fields that are used elsewhere. */
const fields: Readonly<Record<string, (value: unknown) => boolean>> = {
  criterion: isText,
  thresholds: listOf((value) => value === null || value === 'always' || Number.isFinite(value)),
  dataset: isText,
  split: isText,
  samples: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  top1: orNull(isShare),
  static: (value) => isRecord(value) && orNull(isShare)(value['top1']),
  macsRatio: orNull(Number.isFinite),
  exits: listOf((value) => isRecord(value) && isShare(value['share']) && orNull(isShare)(value['top1'])),
};
