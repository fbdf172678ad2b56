/** Windows sliding along one axis of an image, some of them beyond its border. */
export interface Axis {
  /** How many windows there are. */
  readonly outputs: number;
  /** Length of the image along the axis. */
  readonly inputs: number;
  /** Length of a window. */
  readonly filter: number;
  readonly stride: number;
  /** How far the first window begins before the image. */
  readonly padding: number;
}

/** Sizes of anything that slides windows over images: convolutions and pooling. */
export interface SlidingWindows {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  /** Rows and columns of padding before the image. */
  readonly padTop: number;
  readonly padLeft: number;
}

export const vertical = (g: SlidingWindows): Axis => ({
  outputs: g.outHeight,
  inputs: g.inHeight,
  filter: g.filterHeight,
  stride: g.strideHeight,
  padding: g.padTop,
});

export const horizontal = (g: SlidingWindows): Axis => ({
  outputs: g.outWidth,
  inputs: g.inWidth,
  filter: g.filterWidth,
  stride: g.strideWidth,
  padding: g.padLeft,
});

/** Neighbouring windows that the border cuts off in the same way. */
export interface Stretch {
  readonly start: number;
  readonly count: number;
  /** The taps of the window that lie inside the image: `first … end − 1`; none if the two are equal. */
  readonly first: number;
  readonly end: number;
}

/** All windows, in as few stretches as possible. */
export function stretches({ outputs, inputs, filter, stride, padding }: Axis): Stretch[] {
  const found: Stretch[] = [];
  for (let at = 0; at < outputs; at++) {
    const origin = at * stride - padding;
    const first = Math.min(filter, Math.max(0, -origin));
    const end = Math.max(first, Math.min(filter, inputs - origin));
    const last = found.at(-1);
    if (last?.first === first && last.end === end) {
      found[found.length - 1] = { ...last, count: last.count + 1 };
    } else {
      found.push({ start: at, count: 1, first, end });
    }
  }
  return found;
}

/** The windows for which at least one tap from `firstTap` to `lastTap` lies inside the image: `start … end − 1`. */
export function reaching(
  { outputs, inputs, stride, padding }: Axis,
  firstTap: number,
  lastTap: number,
): { readonly start: number; readonly end: number } {
  const start = Math.max(0, Math.ceil((padding - lastTap) / stride));
  const end = Math.min(outputs, Math.floor((inputs - 1 + padding - firstTap) / stride) + 1);
  return { start: Math.min(start, outputs), end: Math.max(end, Math.min(start, outputs)) };
}
