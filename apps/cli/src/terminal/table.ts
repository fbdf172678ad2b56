import { printable } from '@earlyexit/core';
import type { Colors } from './colors';

/**
 * Sets a table in plain text: a line of titles, a rule, a line a row; columns two spaces apart. No line ends in
 * spaces, and control characters in cells are shown, not sent. Lines are cut to `width` where one is given.
 *
 * @param titles of the columns; `>title` stands on the right, and its cells too
 */
export function formatTable(
  titles: readonly string[],
  cells: readonly (readonly string[])[],
  colors?: Colors,
  width: number | null = null,
): string[] {
  const columns = titles.map((title) => ({ title: title.replace(/^>/, ''), isRight: title.startsWith('>') }));
  const rows = cells.map((row) => row.map(printable));
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map(({ isRight }, column) => {
        const cell = row[column] ?? '';
        return isRight ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd();
  const cut = (text: string): string =>
    width !== null && text.length > width ? `${text.slice(0, width - 1)}…` : text;
  const head = cut(line(columns.map(({ title }) => title)));
  const rule = cut(widths.map((each) => '─'.repeat(each)).join('  '));
  return [colors?.bold(head) ?? head, colors?.dim(rule) ?? rule, ...rows.map((row) => cut(line(row)))];
}
