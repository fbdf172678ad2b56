import { h, type VNode } from 'vue';
import { shareText } from '../live-figures';
import { type BroughtModel, hiddenSizes } from './use-model';

/** Where the exit stands, what its head is, and how the network takes images. */
export function exitChoices(brought: BroughtModel): VNode {
  const { model, chosen, hidden, seed, isNormalized } = brought;
  const { profile } = model.value!;
  return h('div', { class: 'exit-choices' }, [
    h('fieldset', [
      h('legend', 'Where an exit would pay'),
      ...profile.places.map(({ after, share, outputShape }, index) =>
        h('label', { class: 'place-choice' }, [
          h('input', {
            type: 'radio',
            name: 'exit-place',
            value: index,
            checked: chosen.value === index,
            onChange: () => (chosen.value = index),
          }),
          h('span', [
            `${index + 1}. after ${shareText(share)}: `,
            h('code', after),
            ` ${outputShape.join(' × ')}`,
          ]),
        ]),
      ),
    ]),
    h('div', { class: 'head-choice' }, [
      h('label', [
        'Head ',
        h(
          'select',
          {
            value: hidden.value,
            onChange: (event: Event) => (hidden.value = Number((event.target as HTMLSelectElement).value)),
          },
          hiddenSizes.map((size) =>
            h(
              'option',
              { value: size, selected: size === hidden.value },
              size === 0 ? 'linear' : `${size} neurons between`,
            ),
          ),
        ),
      ]),
      h('label', [
        'Seed ',
        h('input', {
          type: 'number',
          min: 0,
          max: 999_999,
          value: seed.value,
          onChange: (event: Event) => {
            const given = Math.floor(Number((event.target as HTMLInputElement).value));
            if (given >= 0 && given <= 999_999) seed.value = given;
          },
        }),
      ]),
      profile.inputShape[2] === 3
        ? h('label', [
            h('input', {
              type: 'checkbox',
              checked: isNormalized.value,
              onChange: (event: Event) => (isNormalized.value = (event.target as HTMLInputElement).checked),
            }),
            ' it takes images as ImageNet’s usual networks do (mean and deviation)',
          ])
        : null,
    ]),
  ]);
}
