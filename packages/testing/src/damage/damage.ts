import type { Draws } from '../seeded-draws';

type Json = Record<string, unknown>;

/** Numbers and words at which sizes, counts and names go wrong, whatever the document. */
const TELLING: readonly unknown[] = [
  ...[
    0,
    1,
    -1,
    2,
    0.5,
    1e5,
    2 ** 31,
    2 ** 40,
    2 ** 53,
    1e308,
    null,
    true,
    '',
    'x',
    '__proto__',
    'constructor',
  ],
  ...['../../outside', '/etc/passwd', 'x'.repeat(99), [], {}, [1, 1], [null, null], { toString: 1 }],
];

/** How a JSON document is damaged. */
export interface DamageJsonOptions {
  /** Values at which this document in particular goes wrong. */
  readonly telling?: readonly unknown[];
  /** One in how many objects and lists is replaced as a whole instead of something within it; 6 unless given. */
  readonly wholeOneIn?: number;
}

/** Changes a document in one to four places: values removed, swapped, repeated, or replaced by telling ones. */
export function damageJson(document: object, draws: Draws, options: DamageJsonOptions = {}): void {
  for (let left = 1 + draws.below(4); left > 0; left--) changeSomewhere(document as Json, draws, options);
}

function changeSomewhere(value: Json, draws: Draws, options: DamageJsonOptions): void {
  const { telling = [], wholeOneIn = 6 } = options;
  const { below, pick } = draws;
  const keys = Object.keys(value);
  if (keys.length === 0) return;
  const key = pick(keys);
  const held = value[key];
  if (typeof held === 'object' && held !== null && below(wholeOneIn) > 0) {
    changeSomewhere(held as Json, draws, options);
    return;
  }
  const how = below(6);
  const other = pick(keys);
  if (how === 0) Reflect.deleteProperty(value, key);
  else if (how === 1) [value[key], value[other]] = [value[other], value[key]];
  else if (how === 2 && typeof held === 'number') value[key] = held + pick([-1, 1, held, -2 * held]);
  else if (how === 3 && Array.isArray(held)) value[key] = (held as unknown[]).concat(structuredClone(held));
  else value[key] = structuredClone(pick([...TELLING, ...telling]));
}

/** Changes a text in one place, mostly so that it is no JSON any more. */
export function damageText(text: string, { below, pick }: Draws): string {
  const at = below(text.length);
  const inserted = pick(['', '[', '}', '"', ',', 'null', '\u0000', '\ufffd', '['.repeat(100_000)]);
  return text.slice(0, at) + inserted + text.slice(at + below(4));
}

/**
 * Changes one to four bytes, and cuts off the end of one file in four.
 *
 * @param headBytes half of the changes fall within so many bytes at the beginning, where structure is
 */
export function damageBytes(content: Uint8Array, { below }: Draws, headBytes = 600): Uint8Array {
  const changed = Uint8Array.from(content);
  for (let left = 1 + below(4); left > 0; left--) {
    const at = below(below(2) === 0 ? Math.min(changed.length, headBytes) : changed.length);
    if (below(2) === 0) changed[at]! ^= 1 << below(8);
    else changed[at] = below(256);
  }
  return below(4) === 0 ? changed.subarray(0, below(changed.length)) : changed;
}
