import { expect, it } from 'vitest';
import { formatTable } from './table';

it('sets columns two spaces apart, numbers to the right, without spaces at the end', () => {
  const columns = ['name', '>n', 'note'] as const;
  expect(
    formatTable(columns, [
      ['a', '1', ''],
      ['long name', '1,000', 'x'],
    ]),
  ).toEqual(['name           n  note', '─────────  ─────  ────', 'a              1', 'long name  1,000  x']);
});

it('cuts lines to the width of a terminal', () => {
  const lines = formatTable(['name', 'description'], [['a', 'a long description']], undefined, 12);
  expect(lines.at(-1)).toBe('a     a lon…');
  expect(lines.every((line) => line.length <= 12)).toBe(true);
});
