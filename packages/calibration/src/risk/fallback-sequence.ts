/**
 * Tests an ordered sequence of hypotheses so that the probability of rejecting any true one is at most `delta`: the
 * fallback procedure (Wiens and Dmitrienko, 2005), of which fixed-sequence testing is the case with one start. δ is
 * shared evenly among the starts; a hypothesis is tested at its own share plus, if the one before it was rejected, that
 * one's level. So a sequence that fails is resumed at the next start.
 *
 * @param length How many hypotheses there are.
 * @param starts How many of them, evenly spaced from the first on, get a share of δ; at most `length` do.
 * @param rejects Whether the data reject hypothesis `index` at a level: p ≤ level.
 * @returns The rejected hypotheses, in order.
 */
export function fallbackSequence(
  length: number,
  starts: number,
  delta: number,
  rejects: (index: number, level: number) => boolean,
): number[] {
  const count = Math.max(1, Math.min(starts, length));
  const given = new Set(Array.from({ length: count }, (_, i) => Math.floor((i * length) / count)));
  const share = delta / count;
  const rejected: number[] = [];
  let carried = 0;
  for (let index = 0; index < length; index++) {
    const level = carried + (given.has(index) ? share : 0);
    // Rounding may put the sum of all shares a bit above δ.
    carried = level > 0 && rejects(index, Math.min(level, delta)) ? level : 0;
    if (carried > 0) rejected.push(index);
  }
  return rejected;
}
