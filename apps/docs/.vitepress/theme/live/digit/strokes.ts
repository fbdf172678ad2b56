/** A point on the canvas, from 0 to 1 in both directions. */
export type Point = readonly [x: number, y: number];
/** A drawing: lines that the pen draws without being lifted. */
export type Strokes = readonly (readonly Point[])[];

// Two characters of 64 a coordinate would do for 4,096 steps; one is a step of a sixty-fourth, finer than a pen.
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const LAST = DIGITS.length - 1;
/** Longer links are cut by some programs; a drawing of 400 points is a long one. */
const MOST_POINTS = 400;

/** A drawing as a part of a link. */
export function encodeStrokes(strokes: Strokes): string {
  const digit = (value: number): string => DIGITS[Math.round(Math.min(1, Math.max(0, value)) * LAST)]!;
  let left = MOST_POINTS;
  return strokes
    .map((stroke) => {
      const kept = stroke.slice(0, left);
      left -= kept.length;
      return kept.map(([x, y]) => digit(x) + digit(y)).join('');
    })
    .filter((stroke) => stroke.length > 0)
    .join('.');
}

/** The inverse of `encodeStrokes`; null for what is no drawing. */
export function decodeStrokes(text: string): Strokes | null {
  if (!/^([\w-]{2})+(\.([\w-]{2})+)*$/.test(text) || text.length > 3 * MOST_POINTS) return null;
  return text
    .split('.')
    .map((stroke) =>
      Array.from({ length: stroke.length / 2 }, (_, index): Point => [
        DIGITS.indexOf(stroke[2 * index]!) / LAST,
        DIGITS.indexOf(stroke[2 * index + 1]!) / LAST,
      ]),
    );
}
