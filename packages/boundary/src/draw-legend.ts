import { count } from '@earlyexit/core/format';
import type { Boundary, BoundaryExit } from './boundary';
import { percent, ratio } from './numbers';
import { palette } from './palette';
import { element, pointMark, text } from './svg';

const ROW = 25;
const GAP = 17;
/** Where the words begin, right of what they explain. */
const INDENT = 44;

interface Row {
  /** What is explained, drawn about the height 0. */
  readonly symbol?: string;
  readonly words: string;
  readonly look?: 'heading' | 'soft';
}

/** What everything in the plot means, and what it comes to. */
export function drawLegend(boundary: Boundary, { left, top }: { left: number; top: number }): string {
  let y = top + 12;
  const drawn: string[] = [];
  for (const block of blocksOf(boundary)) {
    for (const row of block) {
      drawn.push(drawRow(row, y));
      y += ROW;
    }
    y += GAP;
  }
  return element('g', { transform: `translate(${String(left)},0)` }, ...drawn);
}

function drawRow({ symbol, words, look }: Row, y: number): string {
  const x = symbol === undefined ? (look === 'soft' ? INDENT : 0) : INDENT;
  const font =
    look === 'heading'
      ? { 'font-size': 14.5, 'font-weight': 700, fill: palette.ink }
      : { 'font-size': 13.5, fill: look === 'soft' ? palette.soft : palette.ink };
  const label = element('text', { x, y: 0, 'dominant-baseline': 'central', ...font }, text(words));
  return element('g', { transform: `translate(0,${String(y)})` }, symbol ?? '', label);
}

function blocksOf(boundary: Boundary): readonly (readonly Row[])[] {
  const { exits, accuracy, averageMacs, staticMacs, threshold } = boundary;
  const [first, last] = exits;
  const answered = (color: string): string => mark(9, 0, color) + mark(26, 1, color);
  const swatch = (fill: string): string =>
    element('rect', { x: 2, y: -9, width: 30, height: 18, rx: 4, fill, stroke: palette.frame });
  const stroke = (look: Readonly<Record<string, string | number>>): string =>
    element('path', { d: 'M1,0H33', fill: 'none', ...look });
  return [
    [
      { words: 'First exit', look: 'heading' },
      { symbol: stroke({ ...palette.firstLine, stroke: palette.firstEdge }), words: 'its boundary: simple' },
      { symbol: swatch(palette.easy), words: `where it is at least ${percent(threshold)} sure` },
      { symbol: answered(palette.first), words: `answered here: ${percent(first.share)}` },
      { words: described(first), look: 'soft' },
    ],
    [
      { words: 'Last exit', look: 'heading' },
      {
        symbol: stroke({ ...palette.lastLine, stroke: palette.lastEdge }),
        words: 'its boundary: expressive',
      },
      { symbol: swatch('url(#boundary-hatch)'), words: 'the hard region, left to it' },
      { symbol: answered(palette.last), words: `answered here: ${percent(last.share)}` },
      { words: described(last), look: 'soft' },
    ],
    [
      { symbol: mark(9, 0, palette.soft) + mark(26, 1, palette.soft), words: 'the two classes' },
      {
        symbol: mark(9, 0, palette.first, true) + mark(26, 1, palette.last, true),
        words: 'black edge: a wrong answer',
      },
    ],
    [
      { words: `${percent(accuracy)} right in all`, look: 'heading' },
      { words: `last exit alone: ${percent(last.accuracyOfAll)}` },
      {
        words: `${count(averageMacs)} of ${count(staticMacs)} MACs on average: ${ratio(staticMacs / averageMacs)} fewer`,
      },
    ],
  ];
}

function described({ accuracy, macs }: BoundaryExit): string {
  return `${accuracy === null ? '' : `${percent(accuracy)} right, `}${count(macs)} MACs each`;
}

function mark(x: number, label: number, color: string, isWrong = false): string {
  const edge = isWrong ? palette.wrong : null;
  return pointMark({ x, y: 0, label, color, edge, paper: palette.paper });
}
