import { ArgumentError, DataError, EnvironmentError } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { declareCommand, operand } from './command';
import { nameArguments } from './name-arguments';
import { offSwitch, valueOption } from './options/declare-option';
import { text, wholeNumber } from './options/option-values';

const command = declareCommand({
  name: 'try',
  summary: '',
  example: '',
  operands: { model: operand('') },
  options: {
    batchSize: valueOption('n', wholeNumber(), ''),
    limit: valueOption('n', wholeNumber(), '', { sets: ['samples'] }),
    network: valueOption('name', text(), '', { sets: ['createModel.name'] }),
    augment: offSwitch(''),
    peer: valueOption('file', text(), '', { remedy: 'Make one first' }),
  },
});
const rule = 'it is so';

it.each([
  ['an option by its key', { function: 'train', argument: 'batchSize' }, '--batch-size'],
  ['an option by what it sets', { function: 'splitDataset', argument: 'samples' }, '--limit'],
  ['an option by function and argument', { function: 'createModel', argument: 'name' }, '--network'],
  ['an option that turns off', { function: 'train', argument: 'augment' }, '--no-augment'],
  ['two options', { function: 'train', argument: 'batchSize, limit' }, '--batch-size, --limit'],
  ['an operand', { function: 'openModel', argument: 'model' }, 'MODEL'],
  ['what the user never gave', { function: 'saveModel', argument: 'name' }, 'saveModel({ name })'],
  ['a place', { where: 'events.jsonl' }, 'events.jsonl'],
])('names %s', (_, place, expected) => {
  const error = nameArguments(new ArgumentError({ ...place, rule }), command);
  expect((error as Error).message).toBe(`${expected}: it is so.`);
});

it('gives the way out that the option knows, where the library knows none', () => {
  const place = { function: 'time', argument: 'peer', rule };
  const said = (error: Error): string => (nameArguments(error, command) as Error).message;
  expect(said(new ArgumentError(place))).toBe('--peer: it is so. Make one first.');
  expect(said(new ArgumentError({ ...place, remedy: 'Wait' }))).toBe('--peer: it is so. Wait.');
});

it('says which option lets bad data pass', () => {
  const parts = {
    function: 'openDataset',
    argument: 'limit',
    where: 'photos',
    rule,
    remedy: 'Leave them out',
  };
  expect((nameArguments(new DataError(parts), command) as Error).message).toBe(
    'photos: it is so. Leave them out: --limit.',
  );
});

it('calls arguments by their flags within texts too', () => {
  const error = new ArgumentError({
    function: 'train',
    argument: 'limit',
    rule: (called) => `it goes with ${called('batchSize')}`,
    remedy: (called) => `Train on more: ${called('calibration')}`,
  });
  expect((nameArguments(error, command) as Error).message).toBe(
    '--limit: it goes with --batch-size. Train on more: --calibration.',
  );
  const data = new DataError({ function: 'train', where: (called) => called('limit'), rule });
  expect((nameArguments(data, command) as Error).message).toBe('--limit: it is so.');
});

it('leaves other errors alone', () => {
  const error = new EnvironmentError({ function: 'readImage', argument: 'limit', rule });
  expect(nameArguments(error, command)).toBe(error);
});
