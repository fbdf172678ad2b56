import { h, type VNode } from 'vue';
import { shareText } from '../live-figures';
import { choice } from './network-choice';
import { deltas, risks } from './thresholds-state';
import type { ThresholdsModel } from './use-thresholds';

/** What can be promised, at which thresholds, and what the thresholds that are set do. */
export function promiseBox({ state, promise, look, choose, choosePromise }: ThresholdsModel): VNode {
  const found = promise.value;
  return h('div', { class: 'promise' }, [
    h('h3', 'A promise'),
    choice(
      'Answers that differ from the final exit’s: at most ',
      String(state.value.risk),
      risks.map((value) => ({ value: String(value), title: shareText(value, 1) })),
      (value) => choosePromise({ risk: Number(value) }),
    ),
    choice(
      'Kept with a probability of ',
      String(state.value.delta),
      deltas.map((value) => ({ value: String(value), title: shareText(1 - value) })),
      (value) => choosePromise({ delta: Number(value) }),
    ),
    h('p', { 'aria-live': 'polite' }, found === null ? 'Searching …' : `${found.statement}.`),
    h(
      'button',
      {
        type: 'button',
        disabled: found === null || found.thresholds.length === 0,
        onClick: () => choose(found!.thresholds),
      },
      'Take these thresholds',
    ),
    look.value === null
      ? null
      : h(
          'p',
          { class: 'note', 'data-figure': 'differing', 'data-value': look.value.differing },
          `At the thresholds that are set, ${shareText(look.value.differing, 2)} of the test answers differ.`,
        ),
  ]);
}
