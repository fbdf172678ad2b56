/** Height and width in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Where one axis of an enlarged image takes its values from: `before · (1 − part) + after · part`. */
interface Taps {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly part: Float64Array;
}

/** Taps of the `length` positions from `start` on, of an axis enlarged from `from` to `to` pixels. */
function tapsOf(from: number, to: number, start: number, length: number): Taps {
  const taps = {
    before: new Int32Array(length),
    after: new Int32Array(length),
    part: new Float64Array(length),
  };
  for (let position = 0; position < length; position += 1) {
    // Pixels are squares with their centres at one half; beyond the outermost centres the border goes on.
    const centre = ((start + position + 0.5) * from) / to - 0.5;
    const before = Math.floor(centre);
    taps.before[position] = Math.max(0, before);
    taps.after[position] = Math.min(from - 1, before + 1);
    taps.part[position] = centre - before;
  }
  return taps;
}

/** Half to even, as Python rounds: torchvision places its window so. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/**
 * The window in the middle of an image enlarged bilinearly, without computing what lies outside the window. An image
 * that already has the size is only cut. (The decoder's own enlarging shifts the image by half a pixel; its shrinking
 * does not.)
 *
 * @param bytes `[from.height, from.width, channels]`
 * @param to the size of the whole, no smaller than `from`
 * @param window the size of the window, no larger than `to`
 * @returns bytes `[window.height, window.width, channels]`
 */
export function cutWindow(
  bytes: Uint8Array,
  from: Size,
  to: Size,
  window: Size,
  channels: number,
): Uint8Array {
  const top = roundHalfEven((to.height - window.height) / 2);
  const left = roundHalfEven((to.width - window.width) / 2);
  const result = new Uint8Array(window.height * window.width * channels);
  const stride = from.width * channels;
  const rowBytes = window.width * channels;
  if (from.height === to.height && from.width === to.width) {
    for (let y = 0; y < window.height; y += 1) {
      const start = (top + y) * stride + left * channels;
      result.set(bytes.subarray(start, start + rowBytes), y * rowBytes);
    }
    return result;
  }
  const rows = tapsOf(from.height, to.height, top, window.height);
  const columns = tapsOf(from.width, to.width, left, window.width);
  for (let y = 0; y < window.height; y += 1) {
    const upper = rows.before[y]! * stride;
    const lower = rows.after[y]! * stride;
    const down = rows.part[y]!;
    for (let x = 0; x < window.width; x += 1) {
      const before = columns.before[x]! * channels;
      const after = columns.after[x]! * channels;
      const right = columns.part[x]!;
      for (let channel = 0; channel < channels; channel += 1) {
        const above =
          bytes[upper + before + channel]! * (1 - right) + bytes[upper + after + channel]! * right;
        const below =
          bytes[lower + before + channel]! * (1 - right) + bytes[lower + after + channel]! * right;
        result[y * rowBytes + x * channels + channel] = Math.round(above * (1 - down) + below * down);
      }
    }
  }
  return result;
}
