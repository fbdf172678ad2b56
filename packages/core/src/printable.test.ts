import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable } from './printable';

it.each([
  ['a cat\u001b[2J', 'a cat\\x1b[2J'],
  ['cat\nexit 1: 100 %', 'cat\\nexit 1: 100 %'],
  ['\r\t\0', '\\r\\t\\x00'],
  ['\u009b31m', '\\x9b31m'],
  ['photo\u202egpj.exe', 'photo\\u202egpj.exe'],
  ['\u2028', '\\u2028'],
  ['\u{e0041}', '\\u{e0041}'],
  ['\ud800', '\\ud800'],
])('shows %j as %j', (text, expected) => {
  expect(printable(text)).toBe(expected);
});

it('leaves letters, signs and emoji of all scripts alone', () => {
  for (const text of ['', 'Käse 9 × 9', 'قطة', '猫', '👩‍🚀', 'a\\nb', '<b>&amp;'])
    expect(printable(text)).toBe(text);
});

it('leaves nothing that a terminal obeys, and is settled after one time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ max: 0x10_ff_ff, min: 0 })).map((codes) => String.fromCodePoint(...codes)),
      (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/\p{Cc}|\p{Zl}|\p{Zp}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u);
        expect(printable(shown)).toBe(shown);
      },
    ),
  );
});
