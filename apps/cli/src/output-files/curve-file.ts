/** Whether a file begins as `--curve` writes one. */
export function isCurve(beginning: string): boolean {
  return /^"?(threshold_|skew,)/.test(beginning) || beginning === '';
}
