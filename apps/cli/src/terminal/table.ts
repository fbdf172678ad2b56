import { printable } from '@earlyexit/core';
import type { Colors } from './colors';

/** A column of a table: its title, and on which side its cells stand; `>title` for the right side. */
export type Column =
  | {
      readonly title: string;
      readonly align?: 'left' | 'right';
    }
  | string;

/**
 * Sets a table in plain text: a line of titles, a rule, a line a row; columns two spaces apart. No line ends in
 * spaces, and control characters in cells are shown, not sent. Lines are cut to `width` where one is given.
 */
export function formatTable(
  given: readonly Column[],
  cells: readonly (readonly string[])[],
  colors?: Colors,
  width: number | null = null,
): string[] {
  const columns = given.map((column) =>
    typeof column === 'string'
      ? { title: column.replace(/^>/, ''), align: column.startsWith('>') ? 'right' : 'left' }
      : column,
  );
  const rows = cells.map((row) => row.map(printable));
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, column) => {
        const cell = row[column] ?? '';
        return align === 'right' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd();
  const cut = (text: string): string =>
    width !== null && text.length > width ? `${text.slice(0, width - 1)}…` : text;
  const titles = cut(line(columns.map(({ title }) => title)));
  const rule = cut(widths.map((each) => '─'.repeat(each)).join('  '));
  return [colors?.bold(titles) ?? titles, colors?.dim(rule) ?? rule, ...rows.map((row) => cut(line(row)))];
}
