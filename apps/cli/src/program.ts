import { Command } from 'commander';
import type { CommandDefinition, Invocation } from './command-definition';
import { commands } from './commands/index';
import { listenForInterruption } from './terminal/interruption';
import { addOutputOptions } from './options/shared-options';
import { createOutput } from './terminal/output';
import type { Surroundings } from './terminal/surroundings';
import { version } from './version';

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
  definition: CommandDefinition,
  context: { surroundings: Surroundings; result: ProgramResult },
): void {
  const { surroundings, result } = context;
  const command = program.command(definition.name).description(definition.summary);
  definition.configure(command);
  addOutputOptions(command);
  command.showHelpAfterError(`(earlyexit ${definition.name} --help shows an example)`);
  command.addHelpText('after', `\nExample:\n${indent(definition.example)}`);
  command.action(async (...received: unknown[]) => {
    const operands = received.slice(0, -2) as Invocation['operands'];
    const options: Record<string, unknown> = command.optsWithGlobals();
    const mode = {
      json: options['json'] === true,
      quiet: options['quiet'] === true,
      verbose: options['verbose'] === true,
    };
    result.verbose = mode.verbose;
    const { json: _json, quiet: _quiet, verbose: _verbose, ...own } = options;
    const output = createOutput(surroundings, mode);
    const interruption = listenForInterruption(surroundings);
    try {
      const invocation = { operands, options: own, output, surroundings, signal: interruption.signal };
      result.exitCode = (await definition.execute(invocation)) ?? 0;
    } finally {
      interruption.end();
    }
  });
}

function indent(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
