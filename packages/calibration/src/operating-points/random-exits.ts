import type { OperatingPoint } from './operating-point';

/**
 * The best that choosing exits at random can achieve: the corners of the upper hull of the exits used alone, the
 * cheapest first. Between two corners, samples leave at one exit or the other at random; such a mixture is better than
 * an exit below the line. A criterion is worth something only above it.
 *
 * @param exits One point per exit, from `eachExitAlone`.
 */
export function randomExits(exits: readonly OperatingPoint[]): OperatingPoint[] {
  const corners: OperatingPoint[] = [];
  const cheapestFirst = [...exits].sort((a, b) => a.averageMacs - b.averageMacs || b.top1 - a.top1);
  for (const exit of cheapestFirst) {
    const last = corners.at(-1);
    // More expensive and no better: nobody would choose it.
    if (last !== undefined && exit.top1 <= last.top1) continue;
    while (corners.length > 1 && isUnder(corners.at(-2)!, corners.at(-1)!, exit)) corners.pop();
    corners.push(exit);
  }
  return corners;
}

/**
 * The accuracy of the best random choice at a cost.
 *
 * @returns A fraction from 0 to 1; `null` below the cheapest exit's cost, the last corner's accuracy beyond its cost.
 */
export function randomExitAccuracy(corners: readonly OperatingPoint[], averageMacs: number): number | null {
  const next = corners.findIndex((corner) => corner.averageMacs >= averageMacs);
  if (next < 0) return corners.at(-1)?.top1 ?? null;
  const after = corners[next]!;
  if (after.averageMacs === averageMacs) return after.top1;
  const before = corners[next - 1];
  if (before === undefined) return null;
  const share = (averageMacs - before.averageMacs) / (after.averageMacs - before.averageMacs);
  return before.top1 + share * (after.top1 - before.top1);
}

/** Whether `between` lies on or under the line from `from` to `to`. */
function isUnder(from: OperatingPoint, between: OperatingPoint, to: OperatingPoint): boolean {
  return (
    (between.top1 - from.top1) * (to.averageMacs - from.averageMacs) <=
    (to.top1 - from.top1) * (between.averageMacs - from.averageMacs)
  );
}
