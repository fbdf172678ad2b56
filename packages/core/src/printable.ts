const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Characters not to be written raw: control characters (C0, DEL, C1: escape sequences begin with one), line and
 * paragraph breaks, text direction controls, invisible spaces, language tags, and unpaired surrogates. The joiners
 * U+200C and U+200D stay: scripts and emoji need them.
 */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;

/**
 * Text from a file or a name, such as a class name, to be inserted in one line of a terminal, a card or a table. Whatever
 * could move the cursor, clear the screen, forge a line or reverse the writing direction becomes an escape: `\n`, `\x1b`,
 * `\u202e`. Plain text comes back unchanged; applying it twice is the same as once.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.codePointAt(0)!;
    const hex = code.toString(16);
    if (code > 0xffff) return `\\u{${hex}}`;
    return ESCAPES[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
  });
}
