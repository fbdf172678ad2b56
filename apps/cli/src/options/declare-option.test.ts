import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addOptions, typedOptions } from './commander-options';
import {
  listOption,
  numberListOption,
  offSwitch,
  rememberedSwitch,
  switchOption,
  valueOption,
} from './declare-option';
import { listOf, text, threshold, wholeNumber } from './option-values';
import { checkOptions, withDefaults } from './read-options';

const declarations = {
  batchSize: valueOption('n', wholeNumber(), 'images computed together', { default: 128 }),
  seed: valueOption('n', wholeNumber(0), 'of the splits', { otherwise: 'the one of the run' }),
  exits: listOption('exit', listOf(text()), 'attach exits'),
  earlyexit: numberListOption('t', listOf(threshold()), 'thresholds', {
    spellings: ['--earlyexit_thresholds'],
  }),
  resume: switchOption('go on'),
  skipBroken: rememberedSwitch('leave broken images out'),
  download: offSwitch('never fetch data'),
};

function typed(...argv: readonly string[]) {
  const command = new Command().exitOverride();
  addOptions(command, declarations);
  command.parse(argv, { from: 'user' });
  return typedOptions(command, declarations);
}

const readOptions = (given: Readonly<Record<string, unknown>>) =>
  withDefaults(declarations, checkOptions(declarations, given));

describe('declared options', () => {
  it('are read from the command line, with their defaults', () => {
    expect(readOptions(typed().given)).toEqual({
      batchSize: 128,
      resume: false,
      download: true,
    });
    const { given } = typed(
      '--batch-size',
      '64',
      '--exits',
      'block3',
      'block6',
      '--resume',
      '--no-download',
      '--seed=3',
    );
    expect(readOptions(given)).toEqual({
      batchSize: 64,
      exits: ['block3', 'block6'],
      resume: true,
      download: false,
      seed: 3,
    });
  });

  it('have one value whichever spelling was typed, and one spelling', () => {
    const { given, flags } = typed('--earlyexit_thresholds', '0.5', 'never');
    expect(readOptions(given).earlyexit).toEqual([0.5, 'never']);
    expect([...flags]).toEqual(['--earlyexit_thresholds']);
    expect(() => typed('--earlyexit', '0.5', '--earlyexit_thresholds', '0.6')).toThrow(
      /--earlyexit_thresholds: it is another spelling of --earlyexit/,
    );
  });

  it('say their defaults in the help', () => {
    const command = new Command();
    addOptions(command, declarations);
    const help = command.helpInformation();
    expect(help).toMatch(/--batch-size <n> +images computed together \(default: 128\)/);
    expect(help).toMatch(/--seed <n> +of the splits \(default: the one of the run\)/);
    expect(help).toMatch(/--earlyexit_thresholds <t...> +the same as --earlyexit/);
    expect(help).toMatch(/--no-download +never fetch data\n/);
  });
});
