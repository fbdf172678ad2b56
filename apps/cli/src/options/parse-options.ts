import { ArgumentError } from '@earlyexit/core';
import type { z } from 'zod';

/**
 * Checks the options of a command.
 *
 * @throws ArgumentError for the first option that is not as it has to be, with the rule and the value
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = flagName,
): z.output<Schema> {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new Error('zod refused the options without an issue');
  const key = String(issue.path[0] ?? '');
  const remedy: unknown = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  const received = issue.path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    options,
  );
  throw new ArgumentError({
    where: nameOf(key),
    rule: issue.message,
    received:
      received === undefined ? 'nothing' : typeof received === 'string' ? received : JSON.stringify(received),
    ...(typeof remedy === 'string' ? { remedy: remedy.replace(/\?$/, '') } : {}),
  });
}

/** The option behind a key: `batchSize` → `--batch-size`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
