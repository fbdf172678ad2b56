import { join } from 'node:path';
import { DataError } from '@earlyexit/core';
import { errorCode, readFileWithin, refuseLargeJson } from '@earlyexit/core/node';
import { z } from 'zod';

/** Which data a network was trained on and how they were split: the same again gives the same splits. */
export interface DataSettings {
  readonly dataset: string;
  /** An absolute path; null for the data set's own place. */
  readonly dataDir: string | null;
  /** Seed of the splits. */
  readonly seed: number;
  /** A count, or a share below 1; null for the data set's default. */
  readonly validation: number | null;
  readonly calibration: number | null;
  /** Whether images that cannot be read are left out; default false. */
  readonly skipBroken?: boolean | undefined;
  /** Which version of the rules cut the splits (`splitDataset`); runs of before do not say, and are of version 1. */
  readonly rules?: 1 | 2 | undefined;
}

/** What `train` adds to the `config.json` of a run folder, beside the trainer's own record. */
export interface RunConfig {
  readonly format: 'earlyexit-run';
  readonly formatVersion: 1;
  /** Version of earlyexit. */
  readonly earlyexit: string;
  readonly engine: { readonly name: string; readonly version: string };
  readonly data: DataSettings;
  /** The options of `train`, as `--config` takes them. */
  readonly options: Readonly<Record<string, unknown>>;
}

const schema = z.object({
  format: z.literal('earlyexit-run'),
  formatVersion: z.literal(1),
  earlyexit: z.string(),
  engine: z.object({ name: z.string(), version: z.string() }),
  data: z.object({
    dataset: z.string(),
    dataDir: z.string().nullable(),
    seed: z.int(),
    validation: z.number().nullable(),
    calibration: z.number().nullable(),
    skipBroken: z.boolean().optional(),
    rules: z.union([z.literal(1), z.literal(2)]).optional(),
  }),
  options: z.record(z.string(), z.unknown()),
});

/**
 * Reads the `config.json` of a run folder.
 *
 * @returns null if there is none
 * @throws DataError if it is damaged, or not that of a run
 */
export async function readRunConfig(runDirectory: string): Promise<RunConfig | null> {
  try {
    const bytes = await readFileWithin(runDirectory, 'config.json', refuseLargeJson);
    return parseRunConfig(Buffer.from(bytes).toString('utf8'), join(runDirectory, 'config.json'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Parses the content of a `config.json`; throws DataError if it is none. */
export function parseRunConfig(content: string, path: string): RunConfig {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new DataError({ where: path, rule: 'it is no JSON', received: (cause as Error).message, cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DataError({
    where: path,
    rule: 'it is not the config.json of a run of earlyexit',
    received: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  });
}
