import { printable } from './printable';

/**
 * One line of a CSV file (RFC 4180, but ending in `\n` alone): text with commas, quotes or line breaks is quoted,
 * control characters are made visible, and a missing value is empty.
 */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}

function csvCell(value: string | number | null | undefined): string {
  const text = printable(String(value ?? ''));
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
