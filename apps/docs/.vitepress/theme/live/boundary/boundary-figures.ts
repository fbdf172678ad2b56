import type { Boundary } from '@earlyexit/boundary';
import { count } from '@earlyexit/core/format';
import { h, type VNode } from 'vue';
import { costShare } from './run-experiment';

/** Who answered, how well, and what it cost: beside the plot, and its legend. */
export function boundaryFigures(boundary: Boundary | null): VNode {
  const [first, last] = boundary?.exits ?? [];
  const rows: readonly [
    name: string,
    symbol: string,
    title: string,
    value: number | undefined,
    words: string,
  ][] = [
    [
      'share',
      'first',
      'leave at the first exit',
      first?.share,
      first === undefined
        ? ''
        : `${accuracyText(first.accuracy)} of these right, ${count(first.macs)} multiply-accumulates each`,
    ],
    [
      'hard',
      'last',
      'go on to the last',
      last?.share,
      last === undefined
        ? ''
        : `${accuracyText(last.accuracy)} of these right, ${count(last.macs)} multiply-accumulates each`,
    ],
    [
      'accuracy',
      'all',
      'are right in all',
      boundary?.accuracy,
      last === undefined || first === undefined
        ? ''
        : `the first exit alone: ${accuracyText(first.accuracyOfAll)}; the last alone: ${accuracyText(last.accuracyOfAll)}`,
    ],
    [
      'cost',
      'cost',
      'of the full cost',
      boundary === null ? undefined : costShare(boundary),
      boundary === null
        ? ''
        : `${count(boundary.averageMacs)} of ${count(boundary.staticMacs)} multiply-accumulates on average`,
    ],
  ];
  return h(
    'dl',
    { class: 'figures' },
    rows.map(([name, symbol, title, value, words]) =>
      h('div', { class: ['figure', symbol] }, [
        h('dt', title),
        h('dd', { 'data-figure': name, 'data-value': value ?? '' }, [
          h('strong', value === undefined ? '–' : `${(100 * value).toFixed(0)} %`),
          h('span', { class: 'bar', 'aria-hidden': 'true' }, [
            h('span', { style: { width: `${100 * Math.min(1, value ?? 0)}%` } }),
          ]),
          h('small', words),
        ]),
      ]),
    ),
  );
}

function accuracyText(accuracy: number | null): string {
  return accuracy === null ? 'none' : `${(100 * accuracy).toFixed(0)} %`;
}
