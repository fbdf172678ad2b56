import { h, type VNode } from 'vue';

/** A share that is shown as a number, as a bar and in words. */
export interface LiveFigure {
  /** For tests and for colours: `data-figure`, and a class. */
  readonly name: string;
  readonly title: string;
  /** From 0 to 1; null where it is not known yet. */
  readonly value: number | null;
  /** Decimals of the percentage; none unless given. */
  readonly digits?: number;
  readonly words: string;
}

/** What an example comes to. */
export function liveFigures(figures: readonly LiveFigure[]): VNode {
  return h(
    'dl',
    { class: 'figures' },
    figures.map(({ name, title, value, digits = 0, words }) =>
      h('div', { class: ['figure', name] }, [
        h('dt', title),
        h('dd', { 'data-figure': name, 'data-value': value ?? '' }, [
          h('strong', shareText(value, digits)),
          h('span', { class: 'bar', 'aria-hidden': 'true' }, [
            h('span', { style: { width: `${100 * Math.min(1, value ?? 0)}%` } }),
          ]),
          h('small', words),
        ]),
      ]),
    ),
  );
}

/** A share in percent; a dash where there is none. */
export function shareText(share: number | null, digits = 0): string {
  return share === null ? '–' : `${(100 * share).toFixed(digits)} %`;
}
