import { printable } from '@earlyexit/core';

/**
 * Text from a file or a name, to be inserted in running text or a table of Markdown, where it appears as it is,
 * whatever it says. Control characters are made visible; HTML, Markdown, and what hosts turn into links or formulas are
 * escaped.
 */
export function escapeMarkdown(text: string): string {
  return (
    printable(text)
      // Within a word an underscore is only an underscore: test_b_lenet.
      .replace(/[\\`*[\]~|$]|(?<!\w)_|_(?!\w)/g, (character) => `\\${character}`)
      .replace(/[&<>@]|:(?=\/\/)|(?<=www)\./gi, (character) => `&#${String(character.charCodeAt(0))};`)
  );
}

/**
 * The same, set as code. A backtick would end the code, and a bar ends a table cell even within code, so text with
 * either is not set as code.
 */
export function markdownCode(text: string): string {
  const shown = printable(text);
  return /[`|]/.test(shown) || shown.trim() === '' ? escapeMarkdown(text) : `\`${shown}\``;
}

/** A text as a JavaScript string in a fenced block, which the text cannot end. */
export function javascriptText(text: string): string {
  const quoted = text.replace(/[\\']/g, (character) => `\\${character}`).replaceAll('`', '\\x60');
  return `'${printable(quoted)}'`;
}
