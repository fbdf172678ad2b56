import { ArgumentError } from '@earlyexit/core';
import type { z } from 'zod';
import { flagOf, type GivenOptions, type OptionDeclarations, type OptionValues } from './declare-option';

/** Fills in the defaults of options that were not given. */
export function withDefaults<Declarations extends OptionDeclarations>(
  declarations: Declarations,
  given: GivenOptions<Declarations>,
): OptionValues<Declarations> {
  const defaults = Object.entries(declarations).flatMap(([key, option]) =>
    option.default === undefined ? [] : [[key, option.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...given };
}

/**
 * Checks options; what was not given stays away.
 *
 * @param given by key, as text from the command line or as values of a configuration file
 * @param nameOf what an error calls an option (default: its flag)
 * @throws ArgumentError for the first option that is not as it has to be, with the rule and the value
 */
export function checkOptions<Declarations extends OptionDeclarations>(
  declarations: Declarations,
  given: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = (key) => flagOf(key, declarations[key]),
): GivenOptions<Declarations> {
  const values = Object.entries(declarations).flatMap(([key, { value }]) => {
    const received = given[key];
    if (received === undefined) return [];
    return [[key, checkValue(nameOf(key), value, received)] as const];
  });
  return Object.fromEntries(values) as GivenOptions<Declarations>;
}

/**
 * Checks one value.
 *
 * @param where what an error calls it
 * @throws ArgumentError with the rule and the value
 */
export function checkValue<Schema extends z.ZodType>(
  where: string,
  schema: Schema,
  received: unknown,
): z.output<Schema> {
  const result = schema.safeParse(received);
  if (!result.success) throw wrongValue(where, received, result.error);
  return result.data;
}

function wrongValue(where: string, received: unknown, error: z.ZodError): ArgumentError {
  const [issue] = error.issues;
  if (issue === undefined) throw new Error('zod refused a value without an issue');
  // Of a list the value that is wrong; one between commas is one text.
  const part =
    typeof received === 'string'
      ? received
      : issue.path.reduce<unknown>(
          (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
          received,
        );
  const remedy: unknown = issue.code === 'custom' ? issue.params?.['remedy'] : undefined;
  return new ArgumentError({
    where,
    rule: issue.message,
    received: inWords(part),
    ...(typeof remedy === 'string' ? { remedy } : {}),
  });
}

function inWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return value;
  // Only YAML knows numbers that are not finite, and these are its words for them.
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  }
  return JSON.stringify(value);
}
