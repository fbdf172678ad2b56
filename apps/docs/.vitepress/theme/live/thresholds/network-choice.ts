import { getCriterion, listCriteria } from '@earlyexit/exit-criteria';
import { h, type VNode } from 'vue';
import { networkChoices } from './kept-network';
import type { ThresholdsModel } from './use-thresholds';

/** A choice among some: words beside a list. */
export function choice(
  words: string,
  value: string,
  choices: readonly { readonly value: string; readonly title: string }[],
  choose: (value: string) => void,
  isOpen = true,
): VNode {
  return h('label', [
    words,
    h(
      'select',
      {
        value,
        disabled: !isOpen,
        onChange: (event: Event) => choose((event.target as HTMLSelectElement).value),
      },
      choices.map((each) => h('option', { value: each.value }, each.title)),
    ),
  ]);
}

/** Which network, and by what it decides. */
export function networkChoice({ state, scored, chooseNetwork, chooseCriterion }: ThresholdsModel): VNode[] {
  const networks = networkChoices.map(({ name, title }) => ({ value: name, title }));
  // Those that look at the labels serve evaluation alone.
  const criteria = listCriteria().filter(({ needsLabels }) => !needsLabels);
  const { name, description, rule } = getCriterion(scored.value?.criterion ?? 'max-probability');
  return [
    choice('Network', state.value.network, networks, chooseNetwork),
    h('div', [
      choice(
        'Criterion',
        name,
        criteria.map((each) => ({ value: each.name, title: each.name })),
        chooseCriterion,
        scored.value !== null,
      ),
      h('small', { class: 'note' }, `${description}; leaves when ${rule}`),
    ]),
  ];
}
