import type { OperatingPoint } from '../operating-points/operating-point';
import type { SearchAim } from '../search/search-aim';

/**
 * The candidate that an aim asks for: the cheapest that is accurate enough, or the most accurate that is cheap enough;
 * if there is none, the most accurate or the cheapest.
 *
 * @param candidates At least one.
 */
export function pickCandidate<Candidate extends OperatingPoint>(
  candidates: readonly Candidate[],
  aim: SearchAim,
  finalAccuracy: number,
  staticMacs: number,
): Candidate {
  const byCost = [...candidates].sort((a, b) => a.averageMacs - b.averageMacs || b.top1 - a.top1);
  const byAccuracy = [...candidates].sort((a, b) => b.top1 - a.top1 || a.averageMacs - b.averageMacs);
  // Fractions of whole samples differ in their last bits.
  if ('maxAccuracyDrop' in aim) {
    return byCost.find(({ top1 }) => top1 >= finalAccuracy - aim.maxAccuracyDrop - 1e-12) ?? byAccuracy[0]!;
  }
  const most = aim.targetMacs * staticMacs * (1 + 1e-12);
  return byAccuracy.find(({ averageMacs }) => averageMacs <= most) ?? byCost[0]!;
}
