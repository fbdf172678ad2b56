/** A label beside a point. */
export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly strong: boolean;
  /** The offset of the label from the point, in pixels. */
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'end';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

// Mean width of a letter at 12–13 px, and the height of a line.
const LETTER_PX = 6.8;
const LINE_PX = 15;
const GAP_PX = 12;
// The chosen point has a ring around it.
const STRONG_GAP_PX = 17;

/**
 * Places labels beside their points so that they cover neither each other nor the points nor `obstacles`; earlier
 * labels choose first, and one without room is left out unless it is strong. The horizontal scale is logarithmic.
 */
export function spreadLabels(
  points: readonly {
    readonly x: number;
    readonly y: number;
    readonly label: string;
    readonly strong: boolean;
  }[],
  frame: {
    readonly width: number;
    readonly height: number;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  },
  domain: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
  obstacles: readonly { readonly x: number; readonly y: number }[] = [],
): PlacedLabel[] {
  const toPixels = ({ x, y }: { x: number; y: number }): { px: number; py: number } => ({
    px:
      frame.left +
      (Math.log(x / domain.x[0]) / Math.log(domain.x[1] / domain.x[0])) *
        (frame.width - frame.left - frame.right),
    py:
      frame.height -
      frame.bottom -
      ((y - domain.y[0]) / (domain.y[1] - domain.y[0])) * (frame.height - frame.top - frame.bottom),
  });
  const taken: Box[] = [...points, ...obstacles].map((point) => {
    const { px, py } = toPixels(point);
    return { left: px - 5, right: px + 5, top: py - 5, bottom: py + 5 };
  });
  return points.flatMap((point) => {
    const { px, py } = toPixels(point);
    const gap = point.strong ? STRONG_GAP_PX : GAP_PX;
    const width = point.label.length * LETTER_PX;
    const candidates = [0, 18, -18, 34, -34, 50, -50, 66].flatMap((dy) => [
      { dx: gap, dy, anchor: 'start' as const },
      { dx: -gap, dy, anchor: 'end' as const },
    ]);
    const boxOf = ({ dx, dy, anchor }: (typeof candidates)[number]): Box => {
      const left = anchor === 'start' ? px + dx : px + dx - width;
      return { left, right: left + width, top: py + dy - LINE_PX / 2, bottom: py + dy + LINE_PX / 2 };
    };
    const fits = (box: Box): boolean =>
      box.left >= frame.left &&
      box.right <= frame.width &&
      box.top >= 0 &&
      box.bottom <= frame.height - frame.bottom &&
      taken.every(
        (other) =>
          box.right < other.left ||
          box.left > other.right ||
          box.bottom < other.top ||
          box.top > other.bottom,
      );
    const room = candidates.find((candidate) => fits(boxOf(candidate)));
    // A label on top of another is as unreadable as none.
    if (room === undefined && !point.strong) return [];
    const chosen = room ?? candidates[0]!;
    taken.push(boxOf(chosen));
    return [{ ...point, ...chosen }];
  });
}
