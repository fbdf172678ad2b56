import type { EvaluationDocument, ReportData } from '@earlyexit/evaluation';

/** What `report --json` prints: what `evaluate` does, everything that the report shows, and where it lies. */
export type ReportDocument = EvaluationDocument &
  Omit<ReportData, 'evaluation'> & { readonly report: string };

/** Puts the evaluation to the front. */
export function reportDocument({ evaluation, ...shown }: ReportData, path: string): ReportDocument {
  return { ...evaluation, ...shown, report: path };
}
