import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { csvLine } from '@earlyexit/core';
import { writeWholeFile } from '@earlyexit/core/node';
import { drawFrontier, type FrontierLine } from '@earlyexit/report';
import type { CurvePoint } from '../result';
import type { Results } from './collect-results';
import { renderResults } from './render-results';

/** Where `writeResults` writes. */
export interface WriteResultsOptions {
  /** The page, Markdown; `RESULTS.md` unless given. */
  readonly page?: string | undefined;
  /** The folder of pictures and tables; `results/plots` unless given. */
  readonly plots?: string | undefined;
  /** What was typed, for the head of the page; `earlyexit results` unless given. */
  readonly command?: string | undefined;
}

/** The page of results with its pictures (SVG) and curves (CSV), by path, as they are to be written. */
export function resultFiles(
  results: Results,
  { page = 'RESULTS.md', plots = join('results', 'plots'), command = 'earlyexit results' }: WriteResultsOptions = {},
): Map<string, string> {
  const address = (file: string): string =>
    [...relative(dirname(page), plots).split(sep), file].map((part) => encodeURIComponent(part)).join('/');
  const files = new Map([[page, renderResults(results, { command, address })]]);
  for (const { name, title, exits, staticMacs, curve, evaluation } of results.networks) {
    const line = {
      name,
      points: marksOf(curve, staticMacs),
      chosen: { share: (evaluation.averageMacs ?? 0) / staticMacs, accuracy: evaluation.top1 ?? 0 },
    };
    const plain = { name: 'without exits', share: 1, accuracy: evaluation.static.top1 ?? 0 };
    const early = exits.slice(0, -1).map((exit) => exit.name);
    files.set(join(plots, `${name}.svg`), drawFrontier({ title, lines: [line], marks: [plain] }));
    files.set(join(plots, `${name}.csv`), curveCsv(curve, staticMacs, early));
  }
  for (const { name, title, systems } of results.reproductions) {
    const lines = systems.map(({ name: system, curve, test }): FrontierLine => {
      const plain = test.static.macs ?? 0;
      return {
        name: system,
        points: marksOf(curve, plain),
        chosen: { share: (test.averageMacs ?? 0) / plain, accuracy: test.top1 ?? 0 },
      };
    });
    files.set(join(plots, `${name}.svg`), drawFrontier({ title, lines, marks: [] }));
  }
  return files;
}

/**
 * Writes the page of results, a picture for each network and each published system, and a curve for each network.
 *
 * @returns the paths, the page first
 * @throws EnvironmentError if one cannot be written
 */
export async function writeResults(results: Results, options: WriteResultsOptions = {}): Promise<string[]> {
  const files = resultFiles(results, options);
  // The page last: it shows pictures that are there.
  for (const [path, content] of [...files].reverse()) {
    await mkdir(dirname(path), { recursive: true });
    await writeWholeFile(path, content);
  }
  return [...files.keys()];
}

function marksOf(curve: readonly CurvePoint[], staticMacs: number): { share: number; accuracy: number }[] {
  return curve.map(({ averageMacs, top1 }) => ({ share: averageMacs / staticMacs, accuracy: top1 }));
}

function curveCsv(curve: readonly CurvePoint[], staticMacs: number, early: readonly string[]): string {
  const head = [...early.map((name) => `threshold_${name}`), 'accuracy', 'averageMacs', 'share'];
  const lines = curve.map(({ thresholds, top1, averageMacs }) => [
    ...thresholds.map((threshold) => threshold ?? 'never'),
    ...[top1, averageMacs, averageMacs / staticMacs],
  ]);
  return [head, ...lines].map(csvLine).join('');
}
