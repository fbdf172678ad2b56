import { printable } from '@earlyexit/core';

/** Markup that needs no further escaping. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Insertable = Markup | string | number | null | readonly Insertable[];

/** A template whose insertions are escaped, including control characters, unless they are markup themselves. */
export function html(parts: TemplateStringsArray, ...insertions: readonly Insertable[]): Markup {
  return new Markup(parts.reduce((text, part, i) => text + insert(insertions[i - 1] ?? null) + part));
}

/** Text that is markup already. */
export function markup(text: string): Markup {
  return new Markup(text);
}

/** JSON that can be put into a script element: no `<` in it can end the element. */
export function scriptJson(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function insert(value: Insertable): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(insert).join('');
  return (
    printable(String(value))
      .replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`)
      // A number and its unit stay on one line.
      .replace(/(\d) (%|[kMGT]\b)/g, '$1\u00a0$2')
  );
}
