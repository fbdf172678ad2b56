import { DataError } from '@earlyexit/core';
import { z } from 'zod';
import { figureNames } from '../recipe';
import type { Reproduction } from '../result';

const number = z.number().nullable();
const figure = z.enum(figureNames);

/** What the pages need of a reproduction; other fields are carried along as they are. */
const schema = z.looseObject({
  format: z.literal('earlyexit-reproduction'),
  formatVersion: z.literal(1),
  name: z.string().min(1),
  title: z.string(),
  paper: z.string(),
  notes: z.array(z.string()),
  form: z.enum(['full', 'quick']),
  command: z.string().nullable(),
  version: z.string(),
  seed: z.number(),
  seconds: z.number(),
  systems: z
    .array(
      z.looseObject({
        name: z.string(),
        about: z.string(),
        network: z.string(),
        thresholdsFrom: z.enum(['recipe', 'calibration', 'test']),
        test: z.looseObject({ top1: number, macsRatio: number, samples: z.number(), static: z.looseObject({}) }),
        trunkOnly: z.looseObject({ macsRatio: z.number() }),
        curve: z.array(z.looseObject({ averageMacs: z.number(), top1: z.number() })),
      }),
    )
    .min(1),
  comparison: z.array(
    z.looseObject({
      system: z.string(),
      figure,
      published: number,
      ours: number,
      source: z.string(),
      reason: z.string(),
    }),
  ),
  bars: z.array(
    z.looseObject({ system: z.string(), figure, least: z.number(), ours: number, reached: z.boolean() }),
  ),
});

/**
 * A reproduction from the JSON of an untrusted file.
 *
 * @returns null if it does not say that it is one
 * @throws DataError if it says so and is none
 */
export function readReproduction(json: Record<string, unknown>, path: string): Reproduction | null {
  if (json['format'] !== 'earlyexit-reproduction') return null;
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data as unknown as Reproduction;
  const [issue] = parsed.error.issues;
  throw new DataError({
    where: path,
    rule: 'a result is as reproduce writes it',
    received: `${issue?.path.join('.') ?? 'the file'}: ${issue?.message ?? 'not so'}`,
    remedy: 'Reproduce the system again',
  });
}
