import { percent } from '@earlyexit/core/format';
import type { FigureName } from './recipe';

/** What each figure says, for tables. */
export const figureTitles: Readonly<Record<FigureName, string>> = {
  top1: 'right',
  'static-top1': 'right without exits',
  'macs-ratio': 'fewer MACs, every head counted',
  'trunk-ratio': 'fewer MACs, heads left out',
  'first-exit-share': 'leave at the first exit',
  'second-exit-share': 'leave at the second exit',
  'final-exit-share': 'leave at the final exit',
};

/** A figure as it is written: `99.25 %`, `5.40×`; a dash where there is none. */
export function formatFigure(figure: FigureName, value: number | null): string {
  return figure.endsWith('ratio') && value !== null ? `${value.toFixed(2)}×` : percent(value);
}
