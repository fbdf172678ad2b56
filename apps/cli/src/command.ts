import { ArgumentError } from '@earlyexit/core';
import type { GivenOptions, OptionDeclarations, OptionValues } from './options/declare-option';
import type { Output } from './terminal/output';
import type { Surroundings } from './terminal/surroundings';

/** A positional argument of a command. */
export interface OperandDeclaration<Kind extends OperandKind = OperandKind> {
  readonly kind: Kind;
  readonly help: string;
}

/** `<model>`, `[out]`, `<files...>` */
type OperandKind = 'required' | 'optional' | 'many';

/** The operands of a command in the order in which they are typed. */
export type OperandDeclarations = Readonly<Record<string, OperandDeclaration>>;

/** What was typed for operands. */
export type OperandValues<Declarations extends OperandDeclarations> = {
  readonly [Key in keyof Declarations]: {
    readonly required: string;
    readonly optional: string | undefined;
    readonly many: readonly string[];
  }[Declarations[Key]['kind']];
};

/** A command as its user sees it. What it does is `run.ts` beside it, which is loaded when it runs. */
export interface CommandDeclaration<
  Operands extends OperandDeclarations = OperandDeclarations,
  Options extends OptionDeclarations = OptionDeclarations,
> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` says below the options: an example as typed, and what it prints. */
  readonly example: string;
  readonly operands: Operands;
  readonly options: Options;
}

/** Keeps the types of the operands and options of a command. */
export function declareCommand<Operands extends OperandDeclarations, Options extends OptionDeclarations>(
  declaration: CommandDeclaration<Operands, Options>,
): CommandDeclaration<Operands, Options> {
  return declaration;
}

/** An operand that has to be there. */
export function operand(help: string): OperandDeclaration<'required'> {
  return { kind: 'required', help };
}

/** An operand that may be left out. */
export function optionalOperand(help: string): OperandDeclaration<'optional'> {
  return { kind: 'optional', help };
}

/** What is said of an operand that should be there: `MODEL: a model must be named`. */
export function missingOperand(name: string, received: string): ArgumentError {
  const article = /^[aeiou]/.test(name) ? 'an' : 'a';
  return new ArgumentError({
    where: name.toUpperCase(),
    rule: `${article} ${name} must be named`,
    received,
  });
}

/** What a command is given when it runs. */
export interface Invocation<Declaration extends CommandDeclaration = CommandDeclaration> {
  readonly operands: OperandValues<Declaration['operands']>;
  /** Checked, with defaults. */
  readonly options: OptionValues<Declaration['options']>;
  /** Checked, and only what was typed: for a command that has other sources of options than the command line. */
  readonly given: GivenOptions<Declaration['options']>;
  /** The flags in the spelling that was typed. */
  readonly flags: ReadonlySet<string>;
  readonly output: Output;
  readonly surroundings: Surroundings;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What `run.ts` of a command exports. */
export interface RunModule<Declaration extends CommandDeclaration> {
  /** @returns the exit code; 0 if nothing is returned */
  run(invocation: Invocation<Declaration>): Promise<number | undefined>;
}

/** A command that the program can run. */
export interface RunnableCommand {
  readonly declaration: CommandDeclaration;
  run(invocation: Invocation): Promise<number | undefined>;
}

/** Puts a command and what it does together; the latter is loaded when it runs, so that `--help` is quick. */
export function runnable<Operands extends OperandDeclarations, Options extends OptionDeclarations>(
  declaration: CommandDeclaration<Operands, Options>,
  load: () => Promise<RunModule<CommandDeclaration<Operands, Options>>>,
): RunnableCommand {
  return {
    declaration,
    async run(invocation) {
      const { run } = await load();
      // The program makes the invocation of this very declaration.
      return run(invocation as Invocation<CommandDeclaration<Operands, Options>>);
    },
  };
}
