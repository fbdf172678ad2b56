import { h, type VNode } from 'vue';
import type { ChosenExit } from './layers-state';
import type { EditedLayers } from './use-layers';

/** A line for each exit: where it stands, what its head is; one can be added or taken away. */
export function exitRows({ exits, attached, heads, setExits }: EditedLayers): VNode {
  const now = attached.value!;
  const change = (index: number, part: Partial<ChosenExit>): void =>
    setExits(exits.value.map((exit, place) => (place === index ? { ...exit, ...part } : exit)));
  const taken = exits.value.map(({ after }) => after);
  const next = [...now.advised, ...now.choices].find((name) => !taken.includes(name));
  const choice = (
    label: string,
    value: string,
    options: readonly string[],
    onChoose: (chosen: string) => void,
  ): VNode =>
    h('label', [
      `${label} `,
      h(
        'select',
        { value, onChange: (event: Event) => onChoose((event.target as HTMLSelectElement).value) },
        options.map((each) => h('option', { value: each, selected: each === value }, each)),
      ),
    ]);
  return h('fieldset', { class: 'exit-rows' }, [
    h('legend', 'Exits'),
    ...exits.value.map(({ after, head }, index) =>
      h('div', { class: 'exit-row', 'data-exit': index }, [
        choice('behind', after, now.choices, (chosen) => change(index, { after: chosen })),
        choice('head', head, heads.value, (chosen) => change(index, { head: chosen })),
        h(
          'button',
          {
            type: 'button',
            'aria-label': `Take away the exit behind ${after}`,
            onClick: () => setExits(exits.value.filter((_, place) => place !== index)),
          },
          'Take away',
        ),
      ]),
    ),
    next === undefined
      ? null
      : h(
          'button',
          {
            type: 'button',
            class: 'add',
            onClick: () => setExits([...exits.value, { after: next, head: 'pooled' }]),
          },
          'Add an exit',
        ),
  ]);
}
