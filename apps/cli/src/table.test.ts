import { expect, it } from 'vitest';
import { formatTable } from './table';

it('sets columns two spaces apart, numbers to the right, without spaces at the end', () => {
  const columns = [{ title: 'name' }, { title: 'n', align: 'right' }, { title: 'note' }] as const;
  expect(
    formatTable(columns, [
      ['a', '1', ''],
      ['long name', '1,000', 'x'],
    ]),
  ).toEqual(['name           n  note', '─────────  ─────  ────', 'a              1', 'long name  1,000  x']);
});
