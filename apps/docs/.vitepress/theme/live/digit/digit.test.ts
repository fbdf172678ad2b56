import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitImage, IMAGE_SIDE } from './digit-image';
import { exampleDigits } from './example-digits';
import { decodeStrokes, encodeStrokes, type Strokes } from './strokes';

const SIDE = 100;

/** A bar of ink. */
function bar(left: number, top: number, width: number, height: number): Uint8Array {
  const ink = new Uint8Array(SIDE * SIDE);
  for (let y = top; y < top + height; y++) ink.fill(255, y * SIDE + left, y * SIDE + left + width);
  return ink;
}

describe('digitImage', () => {
  it('is nothing where nothing was drawn', () => {
    expect(digitImage(new Uint8Array(SIDE * SIDE), SIDE)).toBeNull();
  });

  it('fits a bar into 20 pixels, in the middle, wherever it was drawn and however large', () => {
    for (const [left, top, width, height] of [
      [2, 1, 8, 40],
      [60, 30, 12, 60],
    ] as const) {
      const image = digitImage(bar(left, top, width, height), SIDE)!;
      const rows = Array.from({ length: IMAGE_SIDE }, (_, y) =>
        image.subarray(y * IMAGE_SIDE, (y + 1) * IMAGE_SIDE).some((value) => value > 0),
      );
      expect(rows.indexOf(true)).toBe(4);
      expect(rows.lastIndexOf(true)).toBe(23);
      // A fifth as wide as it is high: 4 of 20 pixels, all of them full.
      expect([...image].filter((value) => value > 0)).toEqual(Array<number>(80).fill(255));
    }
  });

  it('puts the centre of mass into the middle, as far as the image allows', () => {
    // An L: its mass is low and to the left of its box.
    const ink = bar(20, 20, 10, 60);
    bar(20, 70, 60, 10).forEach((value, index) => (ink[index] = Math.max(ink[index]!, value)));
    const image = digitImage(ink, SIDE)!;
    let [mass, x, y] = [0, 0, 0];
    image.forEach((value, index) => {
      mass += value;
      x += value * ((index % IMAGE_SIDE) + 0.5);
      y += value * (Math.floor(index / IMAGE_SIDE) + 0.5);
    });
    expect(Math.abs(x / mass - 14)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y / mass - 14)).toBeLessThanOrEqual(0.5);
  });
});

describe('a drawing in a link', () => {
  it('comes back within half a step', () => {
    const coordinate = fc.double({ min: 0, max: 1, noNaN: true });
    const stroke = fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(stroke, { minLength: 1, maxLength: 5 }), (strokes: Strokes) => {
        const back = decodeStrokes(encodeStrokes(strokes))!;
        expect(back.map((each) => each.length)).toEqual(strokes.map((each) => each.length));
        back.flat().forEach(([x, y], index) => {
          const [wantedX, wantedY] = strokes.flat()[index]!;
          expect(Math.abs(x - wantedX)).toBeLessThanOrEqual(0.5 / 63 + 1e-12);
          expect(Math.abs(y - wantedY)).toBeLessThanOrEqual(0.5 / 63 + 1e-12);
        });
      }),
    );
  });

  it.each(['', 'A', 'AB.', '.AB', 'AB C', 'AB'.repeat(601)])('is not made of %j', (text) => {
    expect(decodeStrokes(text)).toBeNull();
  });

  it('holds every example', () => {
    for (const { strokes } of exampleDigits) expect(decodeStrokes(encodeStrokes(strokes))).not.toBeNull();
  });
});
