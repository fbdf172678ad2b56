import { Command } from 'commander';
import {
  type CommandDeclaration,
  type Invocation,
  missingOperand,
  type OperandDeclarations,
  type RunnableCommand,
} from './command';
import { commands } from './commands/index';
import { nameArguments } from './name-arguments';
import { addOptions, typedOptions } from './options/commander-options';
import { checkOptions, withDefaults } from './options/read-options';
import { listenForInterruption } from './terminal/interruption';
import { addOutputOptions } from './options/shared-options';
import { createOutput, type Output } from './terminal/output';
import type { Surroundings } from './terminal/surroundings';
import { version } from '@earlyexit/core';

/** What the program reports back when a command has run. */
export interface ProgramResult {
  exitCode: number;
  verbose: boolean;
}

/** Builds the commander program; running it fills in `result`. */
export function createProgram(surroundings: Surroundings, result: ProgramResult): Command {
  const program = new Command('earlyexit')
    .description(
      'Early-exit neural networks: train, calibrate, evaluate and run networks that answer easy inputs early.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
      getOutHelpWidth: () => surroundings.stdout.columns ?? 100,
      getErrHelpWidth: () => surroundings.stderr.columns ?? 100,
      // The terminal decides, not commander's own look at the process.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  addOutputOptions(program);
  program.addHelpText(
    'after',
    '\nStart here:\n  $ earlyexit quickstart          trains a network on MNIST and shows what early exits bring\n' +
      '  $ earlyexit <command> --help    a worked example of each command',
  );
  for (const definition of commands) addCommand(program, definition, { surroundings, result });
  return program;
}

function addCommand(
  program: Command,
  definition: RunnableCommand,
  context: { surroundings: Surroundings; result: ProgramResult },
): void {
  const { declaration } = definition;
  const { operands, options } = declaration;
  const command = startCommand(program, declaration);
  for (const [name, { kind, help }] of Object.entries(operands)) {
    command.argument({ required: `<${name}>`, optional: `[${name}]`, many: `<${name}...>` }[kind], help);
  }
  addOptions(command, options);
  addOutputOptions(command);
  command.action(async (...received: unknown[]) => {
    await runWithOutput(command, context, async ({ output, signal }) => {
      const typed = typedOptions(command, options);
      const given = checkOptions(options, typed.given);
      try {
        return await definition.run({
          operands: readOperands(operands, received),
          options: withDefaults(options, given),
          given,
          flags: typed.flags,
          output,
          surroundings: context.surroundings,
          signal,
        });
      } catch (error) {
        throw nameArguments(error, declaration);
      }
    });
  });
}

function startCommand(
  program: Command,
  { name, summary, example }: Pick<CommandDeclaration, 'name' | 'summary' | 'example'>,
): Command {
  return program
    .command(name)
    .description(summary)
    .showHelpAfterError(`(earlyexit ${name} --help shows an example)`)
    .addHelpText('after', `\nExample:\n${indent(example)}`);
}

/** Runs a command with the output that its options ask for, and listens for Ctrl-C meanwhile. */
async function runWithOutput(
  command: Command,
  { surroundings, result }: { surroundings: Surroundings; result: ProgramResult },
  action: (tools: { output: Output; signal: AbortSignal }) => Promise<number | undefined>,
): Promise<void> {
  const options: Record<string, unknown> = command.optsWithGlobals();
  const mode = {
    json: options['json'] === true,
    quiet: options['quiet'] === true,
    verbose: options['verbose'] === true,
  };
  result.verbose = mode.verbose;
  const interruption = listenForInterruption(surroundings);
  const { signal } = interruption;
  try {
    result.exitCode = (await action({ output: createOutput(surroundings, mode), signal })) ?? 0;
  } finally {
    interruption.end();
  }
}

/** @throws ArgumentError for an operand that is empty text: `earlyexit evaluate "$RUN"` with nothing in RUN */
function readOperands(
  declarations: OperandDeclarations,
  received: readonly unknown[],
): Invocation['operands'] {
  const values = Object.keys(declarations).map((name, index) => {
    const value = received[index] as string | readonly string[] | undefined;
    for (const text of Array.isArray(value) ? (value as string[]) : [value]) {
      if (typeof text === 'string' && text.trim() === '') throw missingOperand(name, 'an empty text');
    }
    return [name, value] as const;
  });
  return Object.fromEntries(values);
}

function indent(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
