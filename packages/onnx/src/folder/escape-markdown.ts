import { printable } from '@earlyexit/core';

/**
 * Text from a file or a name, to be inserted in running text or a table of Markdown: it stands there as it is, whatever it
 * says. Control characters are shown; HTML, Markdown and what hosts make links or formulas of are escaped.
 */
export function escapeMarkdown(text: string): string {
  return (
    printable(text)
      // Within a word an underscore is one: test_b_lenet.
      .replace(/[\\`*[\]~|$]|(?<!\w)_|_(?!\w)/g, (character) => `\\${character}`)
      .replace(/[&<>@]|:(?=\/\/)|(?<=www)\./gi, (character) => `&#${String(character.charCodeAt(0))};`)
  );
}

/**
 * The same, set as code. A backtick would end it, and a bar ends the cell of a table even within code: text with one of
 * them is not set as code.
 */
export function markdownCode(text: string): string {
  const shown = printable(text);
  return /[`|]/.test(shown) || shown.trim() === '' ? escapeMarkdown(text) : `\`${shown}\``;
}

/** A text as a string of JavaScript in a fenced block, which it cannot end. */
export function javascriptText(text: string): string {
  const quoted = text.replace(/[\\']/g, (character) => `\\${character}`).replaceAll('`', '\\x60');
  return `'${printable(quoted)}'`;
}
