/** The side of the network's image, in pixels. */
export const IMAGE_SIDE = 28;
/** MNIST fits a digit into a box of this side, and puts its centre of mass into the middle of the image. */
const BOX_SIDE = 20;

/**
 * What was drawn, as MNIST's images were made: cut to its box, scaled to 20 pixels by the average of what a pixel covers,
 * and centred by its mass.
 *
 * @param ink `[side, side]`, 0 to 255, light on dark
 * @returns `[28, 28]` bytes; null where nothing was drawn
 */
export function digitImage(ink: ArrayLike<number>, side: number): Uint8Array | null {
  const box = boxOf(ink, side);
  if (box === null) return null;
  const scale = BOX_SIDE / Math.max(box.width, box.height);
  const [width, height] = [
    Math.max(1, Math.round(box.width * scale)),
    Math.max(1, Math.round(box.height * scale)),
  ];
  const small = new Float64Array(width * height);
  let mass = 0;
  let [middleX, middleY] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = average(ink, side, {
        left: box.left + (x * box.width) / width,
        right: box.left + ((x + 1) * box.width) / width,
        top: box.top + (y * box.height) / height,
        bottom: box.top + ((y + 1) * box.height) / height,
      });
      small[y * width + x] = value;
      mass += value;
      middleX += value * (x + 0.5);
      middleY += value * (y + 0.5);
    }
  }
  const image = new Uint8Array(IMAGE_SIDE * IMAGE_SIDE);
  const place = (middle: number, length: number): number =>
    Math.min(IMAGE_SIDE - length, Math.max(0, Math.round(IMAGE_SIDE / 2 - middle / mass)));
  const [left, top] = [place(middleX, width), place(middleY, height)];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      image[(top + y) * IMAGE_SIDE + left + x] = Math.round(small[y * width + x]!);
    }
  }
  return image;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function boxOf(ink: ArrayLike<number>, side: number): Box | null {
  let [left, right, top, bottom] = [side, -1, side, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (ink[y * side + x] === 0) continue;
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The mean of the ink over an area whose edges may cut through pixels. */
function average(
  ink: ArrayLike<number>,
  side: number,
  { left, right, top, bottom }: { left: number; right: number; top: number; bottom: number },
): number {
  let sum = 0;
  for (let y = Math.floor(top); y < bottom; y++) {
    const high = Math.min(bottom, y + 1) - Math.max(top, y);
    for (let x = Math.floor(left); x < right; x++) {
      sum += high * (Math.min(right, x + 1) - Math.max(left, x)) * ink[y * side + x]!;
    }
  }
  return sum / ((right - left) * (bottom - top));
}
