import { writeWholeFile } from '@earlyexit/core/node';
import type { CachedLogits, ExitPolicy } from '@earlyexit/exit-criteria';
import type { Split } from '@earlyexit/datasets';
import type { EvaluationDocument } from '@earlyexit/evaluation';
import type { Workbench } from '../work/workbench';
import { collectReportData } from './collect-report-data';
import { toPngAddress } from './png';
import { renderReport } from './render-report';
import type { ComparedNetwork, ReportData } from './report-data';

/** Writes the report of an evaluation, beside and renamed, so that no half report is ever seen. */
export async function writeReport(
  path: string,
  bench: Workbench,
  results: {
    readonly evaluation: EvaluationDocument;
    readonly policy: ExitPolicy;
    readonly calibration: CachedLogits;
    readonly test: CachedLogits;
    readonly compared?: readonly ComparedNetwork[] | undefined;
  },
): Promise<ReportData> {
  const data = collectReportData({ metadata: bench.model.metadata, costs: bench.costs, ...results });
  const page = renderReport(data, await encodeImages(data, bench.splits.test));
  await writeWholeFile(path, page);
  return data;
}

async function encodeImages({ examples }: ReportData, split: Split): Promise<Map<number, string>> {
  const rows = [
    ...new Set([...examples.first, ...examples.last, ...examples.mistakes].map(({ row }) => row)),
  ];
  const bytes = await split.bytes(Int32Array.from(rows));
  const size = bytes.length / Math.max(1, rows.length);
  const addresses = await Promise.all(
    rows.map((_, i) => toPngAddress(bytes.subarray(i * size, (i + 1) * size), split.imageShape)),
  );
  return new Map(rows.map((row, i) => [row, addresses[i] ?? '']));
}
