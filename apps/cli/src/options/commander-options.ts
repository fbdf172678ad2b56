import { ArgumentError } from '@earlyexit/core';
import { type Command, Option } from 'commander';
import { flagOf, type OptionDeclaration, type OptionDeclarations } from './declare-option';

/** Tells commander of the options of a command. */
export function addOptions(command: Command, declarations: OptionDeclarations): void {
  for (const [key, option] of Object.entries(declarations)) {
    const [flag = '', ...spellings] = flagsOf(key, option);
    command.addOption(new Option(withPlaceholder(flag, option), helpOf(option)));
    for (const spelling of spellings)
      command.addOption(new Option(withPlaceholder(spelling, option), `the same as ${flag}`));
  }
}

/** The options that were typed. */
export interface TypedOptions {
  /** By key, as commander read them: text, lists of text, or whether a switch is on. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The flags in the spelling that was typed. */
  readonly flags: ReadonlySet<string>;
}

/**
 * Takes from commander what was typed, under the options' own keys.
 *
 * @throws ArgumentError for an option that was given in two spellings
 */
export function typedOptions(command: Command, declarations: OptionDeclarations): TypedOptions {
  const given: Record<string, unknown> = {};
  const flags = new Set<string>();
  for (const [key, option] of Object.entries(declarations)) {
    for (const flag of flagsOf(key, option)) {
      const attribute = new Option(withPlaceholder(flag, option)).attributeName();
      // Only what was typed: an option `--no-…` has a value in commander without that.
      if (command.getOptionValueSource(attribute) !== 'cli') continue;
      if (given[key] !== undefined) {
        const [own = ''] = flagsOf(key, option);
        throw new ArgumentError({
          where: flag,
          rule: `it is another spelling of ${own}, and an option is given once`,
          received: `both ${own} and ${flag}`,
          remedy: 'Leave one of them out',
        });
      }
      given[key] = command.getOptionValue(attribute);
      flags.add(flag);
    }
  }
  return { given, flags };
}

/** Every flag of an option, its own first. */
export function flagsOf(key: string, option: OptionDeclaration): string[] {
  return [flagOf(key, option), ...option.spellings];
}

function withPlaceholder(flag: string, { placeholder, kind }: OptionDeclaration): string {
  return placeholder === '' ? flag : `${flag} <${placeholder}${kind === 'value' ? '' : '...'}>`;
}

function helpOf({ help, default: standard, otherwise, placeholder }: OptionDeclaration): string {
  const known =
    placeholder === '' || standard === undefined ? undefined : [standard].flat().map(String).join(' ');
  const words = otherwise ?? known;
  return `${help}${words === undefined ? '' : ` (default: ${words})`}`.trim();
}
