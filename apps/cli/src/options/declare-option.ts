import type { z } from 'zod';
import { flag } from './option-values';

/**
 * All there is to know of an option of the command line. The parser, the help, the keys of a configuration file and
 * the flag that an error names are made of it.
 */
export interface OptionDeclaration<Value extends z.ZodType = z.ZodType> {
  /** What a value has to be; reads text from the command line and values from a configuration file. */
  readonly value: Value;
  /**
   * Whether it takes one value, several (up to the next option), several numbers, `never` or `always` (such a list ends
   * where they end and leaves the next word), or is a switch; one that is `off` is spelt `--no-…` and turns something off.
   */
  readonly kind: 'value' | 'list' | 'numbers' | 'switch' | 'off';
  /** What stands for a value in the help: `n`. */
  readonly placeholder: string;
  readonly help: string;
  /** The value where none is given. */
  readonly default?: z.output<Value>;
  /** The default in words, where it depends on something else. */
  readonly otherwise?: string;
  /** Other names of the same option, as they are typed: `--earlyexit_thresholds`. */
  readonly spellings: readonly string[];
  /**
   * How library functions call what the option sets, where it is not the option's key: `trainFraction`, or with the
   * function, `createModel.name`. An ArgumentError about it then names the option.
   */
  readonly sets: readonly string[];
  /** The way out where a library refuses the value and knows none; it may speak of flags and commands. */
  readonly remedy?: string;
  /** Whether it may stand in a configuration file. */
  readonly inConfigFile: boolean;
}

/** The options of a command by their keys: `batchSize` is `--batch-size`. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

/** The checked values of options: those with a default are always there. */
export type OptionValues<Declarations extends OptionDeclarations> = {
  readonly [
    Key in keyof Declarations as Declarations[Key] extends { default: unknown } ? Key : never
  ]: z.output<Declarations[Key]['value']>;
} & {
  readonly [Key in keyof Declarations as Declarations[Key] extends { default: unknown } ? never : Key]?:
    z.output<Declarations[Key]['value']> | undefined;
};

/** The checked values of options as they were given: nothing is filled in. */
export type GivenOptions<Declarations extends OptionDeclarations> = {
  readonly [Key in keyof Declarations]?: z.output<Declarations[Key]['value']> | undefined;
};

/** What may be said of an option besides what it takes and its help. */
interface Details<Value extends z.ZodType> {
  readonly default?: z.output<Value>;
  readonly otherwise?: string;
  readonly spellings?: readonly `--${string}`[];
  readonly sets?: readonly string[];
  readonly remedy?: string;
  readonly inConfigFile?: boolean;
}

const plain = { placeholder: '', spellings: [], sets: [], inConfigFile: true };

/** Makes what declares an option that takes values. */
const optionOf =
  (kind: OptionDeclaration['kind']) =>
  <Value extends z.ZodType, More extends Details<Value>>(
    placeholder: string,
    value: Value,
    help: string,
    more: More = {} as More,
  ): OptionDeclaration<Value> & More => ({ ...plain, kind, placeholder, value, help, ...more });

/** An option with one value. */
export const valueOption = optionOf('value');

/** An option with several values, made by `listOf`. It takes every word up to the next option. */
export const listOption = optionOf('list');

/** An option with several numbers, `never` or `always`, made by `listOf`. It ends where they end. */
export const numberListOption = optionOf('numbers');

type SwitchDetails = Omit<Details<z.ZodBoolean>, 'default'>;

/** A switch without a default: where it is not given, what a run remembers holds. */
export function rememberedSwitch(help: string, more: SwitchDetails = {}): OptionDeclaration<z.ZodBoolean> {
  return { ...plain, kind: 'switch', value: flag(), help, ...more };
}

/** A switch that turns something on; false where it is not given. */
export function switchOption(help: string, more: SwitchDetails = {}) {
  return { ...rememberedSwitch(help, more), default: false as boolean };
}

/** A switch that turns something off, which is on where it is not given: the key `download` is `--no-download`. */
export function offSwitch(help: string, more: SwitchDetails = {}) {
  return { ...rememberedSwitch(help, more), kind: 'off' as const, default: true as boolean };
}

/** The flag of an option by its key, as it is typed: `batchSize` is `--batch-size`. */
export function flagOf(key: string, option?: Pick<OptionDeclaration, 'kind'>): string {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return option?.kind === 'off' ? `--no-${name}` : `--${name}`;
}
