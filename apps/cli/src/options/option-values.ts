import { nearestName } from '@earlyexit/core';
import { listCriteria, isThreshold, parseThreshold, type Threshold } from '@earlyexit/exit-criteria';
import type { RuntimeName } from '@earlyexit/native-engines';
import { z } from 'zod';

// Options come as text from the command line and as text, numbers or booleans from a configuration file; each schema
// here takes both. The message of an issue is the rule that was broken, as `ArgumentError` wants it.

/** A value read from text, or refused with `rule`. */
function fromText<T>(
  rule: string | (() => string),
  read: (text: string) => T | undefined,
  remedy?: (text: string) => string | undefined,
) {
  const error = typeof rule === 'string' ? () => rule : rule;
  return z.union([z.string(), z.number()], { error }).transform((value, context): T => {
    const text = String(value).trim();
    const result = read(text);
    if (result !== undefined) return result;
    context.addIssue({ code: 'custom', message: error(), params: { remedy: remedy?.(text) } });
    return z.NEVER;
  });
}

function readNumber(text: string): number | undefined {
  // Number() alone would also take '', '0x10' and 'Infinity'.
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

/** A finite number that `fits`. */
const number = (rule: string, fits: (value: number) => boolean) =>
  fromText(rule, (text) => {
    const value = readNumber(text);
    return value !== undefined && Number.isFinite(value) && fits(value) ? value : undefined;
  });

/** A whole number from `smallest` up. */
export const wholeNumber = (smallest = 1) =>
  number(
    `it is a whole number of at least ${String(smallest)}`,
    (value) => Number.isSafeInteger(value) && value >= smallest,
  );

/** A number above zero. */
export const positiveNumber = () => number('it is a number above 0', (value) => value > 0);

/** A number from `smallest` to `largest`; `largest` itself only if `closed`. */
export const numberBetween = (smallest: number, largest: number, closed = true) =>
  number(
    `it is a number from ${String(smallest)} ${closed ? 'to' : 'to below'} ${String(largest)}`,
    (value) => value >= smallest && (closed ? value <= largest : value < largest),
  );

/** A count from 1 up, or a share below 1; 0 for none. */
export const countOrShare = () =>
  number(
    'it is a whole number of samples, or a share between 0 and 1',
    (value) => value >= 0 && (value < 1 || Number.isSafeInteger(value)),
  );

/**
 * One of several names; a near miss is told which was probably meant.
 *
 * @param names a function where a program may register more of them
 */
export const oneOf = <const Name extends string>(names: readonly Name[] | (() => readonly Name[])) => {
  const all = typeof names === 'function' ? names : () => names;
  return fromText(
    () => `it is one of ${all().join(', ')}`,
    (text) => all().find((name) => name === text),
    (text) => {
      const near = nearestName(text, all());
      return near === null ? undefined : `Did you mean ${near}`;
    },
  );
};

/** A word or a path that is not empty. */
export const text = () => fromText('it is not empty', (value) => (value === '' ? undefined : value));

/** A switch. */
export const flag = () => z.boolean({ error: 'it is true or false' });

/** A list: several values, or one alone. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => (Array.isArray(value) || value === undefined ? value : [value]), z.array(item));

/** Several values in one word, between commas: `0.01,0.02`. */
export const commaList = <Item extends z.ZodType<unknown, string | number>>(item: Item) =>
  z
    .union([z.string(), z.number()])
    .transform((value): (string | number)[] => String(value).split(','))
    .pipe(z.array(item));

/** A threshold: a finite number, never or always. */
export const threshold = () =>
  fromText<Threshold>('a threshold is a finite number, never or always', (value) => {
    const read = ['never', 'always'].includes(value) ? value : readNumber(value);
    return isThreshold(read) ? parseThreshold(value) : undefined;
  });

const tfjsEngines = ['auto', 'tensorflow', 'wasm', 'webgpu', 'cpu'] as const;

/** The engines of `--engine`, of TensorFlow.js. */
export const engine = () => oneOf(tfjsEngines);

/** What runs exported networks. */
export const runtimeNames = ['onnxruntime', 'openvino'] as const satisfies readonly RuntimeName[];

/** The engines and the runtimes of exported networks, where the model may be either. */
export const engineOrRuntime = () => oneOf([...tfjsEngines, ...runtimeNames]);

/** An engine or a runtime as `--engine` names it. */
export type EngineChoice = z.output<ReturnType<typeof engineOrRuntime>>;

/** The criteria of `--criterion`. */
export const criterion = () => oneOf(() => listCriteria().map(({ name }) => name));
