import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvLine } from './csv-line';

it('quotes what would be read as another cell, and leaves the rest alone', () => {
  expect(csvLine(['exit0', 0.5, null, undefined, 'a,"b"'])).toBe('exit0,0.5,,,"a,""b"""\n');
});

it('is one line whatever stands in it, and reads back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (cells) => {
      const line = csvLine(cells);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const quoted = /,(?:"((?:[^"]|"")*)"|([^,"]*))/g;
      const read = [...`,${line.slice(0, -1)}`.matchAll(quoted)].map(
        ([, inQuotes, plain]) => inQuotes?.replaceAll('""', '"') ?? plain,
      );
      expect(read).toHaveLength(cells.length);
      for (const [i, cell] of cells.entries()) if (/^[ -~]*$/.test(cell)) expect(read[i]).toBe(cell);
    }),
  );
});

it('shows a control character instead of writing it', () => {
  expect(csvLine(['a\nb\u001b[2J'])).toBe('a\\nb\\x1b[2J\n');
});
