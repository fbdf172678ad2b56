import { join } from 'node:path';
import { DataError, jsonChecksum } from '@earlyexit/core';
import { errorCode, readJsonWithin } from '@earlyexit/core/node';
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
  /** Whether images that cannot be read are left out; false unless given. */
  readonly skipBroken?: boolean | undefined;
  /** Which version of the rules cut the splits (`splitDataset`); older runs do not say, and are of version 1. */
  readonly rules?: 1 | 2 | undefined;
}

/** What the `config.json` of a run folder says, beside the trainer's own record of the training. */
export interface RunConfig {
  readonly format: 'earlyexit-run';
  readonly formatVersion: 1;
  /** Version of earlyexit; null where the caller of `train` did not say. */
  readonly earlyexit: string | null;
  /** What computed; null as above. */
  readonly engine: { readonly name: string; readonly version: string } | null;
  /** Null as above. */
  readonly data: DataSettings | null;
  /** The options of the command `train`, as `--config` takes them; none where it was not the command that trained. */
  readonly options: Readonly<Record<string, unknown>>;
}

const schema = z.object({
  format: z.literal('earlyexit-run'),
  formatVersion: z.literal(1),
  earlyexit: z.string().nullable().default(null),
  engine: z.object({ name: z.string(), version: z.string() }).nullable().default(null),
  data: z
    .object({
      dataset: z.string(),
      dataDir: z.string().nullable(),
      seed: z.int(),
      validation: z.number().nullable(),
      calibration: z.number().nullable(),
      skipBroken: z.boolean().optional(),
      rules: z.union([z.literal(1), z.literal(2)]).optional(),
    })
    .nullable()
    .default(null),
  options: z.record(z.string(), z.unknown()).default({}),
});

/**
 * Reads the `config.json` of a run folder.
 *
 * @returns null if there is none
 * @throws DataError if it is damaged, or not that of a run
 */
export async function readRunConfig(runDirectory: string): Promise<RunConfig | null> {
  const where = join(runDirectory, 'config.json');
  let content: Record<string, unknown>;
  try {
    content = await readJsonWithin(runDirectory, 'config.json');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  await requireWhole(content, where);
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DataError({
    where,
    rule: 'it is not the config.json of a run of earlyexit',
    received: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  });
}

/** What was trained on, and with which seed, is known from this file alone. Older runs have no checksum. */
async function requireWhole({ sha256, ...content }: Record<string, unknown>, where: string): Promise<void> {
  if (sha256 === undefined) return;
  const actual = await jsonChecksum(content);
  if (actual === null || actual === sha256) return;
  throw new DataError({
    where,
    rule: 'its content matches its checksum, sha256',
    received: 'content that was changed or damaged',
    remedy: 'Copy the run folder again; if you changed the file yourself, remove the line with sha256',
  });
}
