import { shortMacs } from '@earlyexit/core/format';
import { defineComponent, h, ref, type VNode } from 'vue';
import { liveFigures, shareText } from '../live-figures';
import { networkPicture } from '../network/network-picture';
import { elementWidth } from '../element-width';
import { exitChoices } from './exit-choices';
import { takeAway } from './take-away';
import { useModel } from './use-model';
import '../live-example.css';
import '../network/network.css';
import './model.css';

/** A file to drop a classifier in, its graph, and what an exit in it would cost. */
export default defineComponent({
  name: 'BringAModel',
  setup() {
    const root = ref<HTMLElement | null>(null);
    const pictures = ref<HTMLElement | null>(null);
    const isOver = ref(false);
    const width = elementWidth(pictures);
    const brought = useModel(root);
    const { phase, problem, model, economy, cost, share, chosen } = brought;

    return () =>
      h('div', { class: 'live-example model-example', ref: root, 'data-phase': phase.value }, [
        dropField(),
        h('div', { ref: pictures, class: 'network-shown' }, shown()),
      ]);

    function dropField(): VNode {
      return h(
        'div',
        {
          class: ['drop', { over: isOver.value }],
          onDragover: (event: DragEvent) => {
            event.preventDefault();
            isOver.value = true;
          },
          onDragleave: () => (isOver.value = false),
          onDrop: (event: DragEvent) => {
            event.preventDefault();
            isOver.value = false;
            const file = event.dataTransfer?.files[0];
            if (file !== undefined) brought.take(file);
          },
        },
        [
          h('label', [
            h('span', 'Drop the ONNX file of an image classifier here, or choose one: '),
            h('input', {
              type: 'file',
              accept: '.onnx',
              onChange: (event: Event) => {
                const file = (event.target as HTMLInputElement).files?.[0];
                if (file !== undefined) brought.take(file);
              },
            }),
          ]),
          h('button', { type: 'button', onClick: brought.takeExample }, 'The example'),
          h('small', 'It stays on your machine: nothing is sent.'),
        ],
      );
    }

    function shown(): VNode[] {
      if (phase.value === 'failed') return [h('p', { class: 'refused', role: 'alert' }, problem.value)];
      const now = model.value;
      if (now === null) return [h('p', { class: 'note' }, 'The example loads as soon as this is in sight …')];
      const { macs, parameters, inputShape, places } = now.profile;
      const [at, money] = [places[chosen.value], economy.value];
      return [
        h('p', { class: 'facts', role: 'status' }, [
          phase.value === 'reading' ? 'Reading … ' : '',
          h('strong', now.name),
          `: ${inputShape.join(' × ')} in, ${now.examined.network.classes} classes, ${shortMacs(macs)} multiply-accumulates, ${parameters.toLocaleString('en')} parameters, ${now.nodes.length} nodes`,
        ]),
        networkPicture({
          nodes: now.nodes,
          places,
          chosen: at === undefined ? [] : [at],
          width: width.value,
          onChoose: (place) => (chosen.value = places.indexOf(place)),
        }),
        h('p', { class: 'note legend' }, [
          h('span', { class: 'swatch costly' }),
          'what a node takes  ',
          h('span', { class: 'swatch spent' }),
          'what has been spent by then, up to 100 %  ',
          h('span', { class: 'swatch arc' }),
          'jumps over other nodes',
        ]),
        ...(at === undefined || money === null
          ? [
              h(
                'p',
                { class: 'note' },
                'Nowhere in it one tensor alone is carried on: there is no place for an exit.',
              ),
            ]
          : [
              h('div', { class: 'model-columns' }, [
                exitChoices(brought),
                h('div', [
                  liveFigures([
                    {
                      name: 'leaving',
                      title: 'Leaving there costs',
                      value: money.leaving,
                      digits: 1,
                      words: 'of the network without exits, the head included',
                    },
                    {
                      name: 'going-on',
                      title: 'Going on costs',
                      value: money.goingOn,
                      digits: 2,
                      words: 'for the head is computed in vain',
                    },
                    {
                      name: 'pays-from',
                      title: 'It pays from',
                      value: money.paysFrom,
                      digits: 2,
                      words: 'of the images leaving there',
                    },
                    {
                      name: 'average',
                      title: 'On average',
                      value: cost.value,
                      digits: 1,
                      words: `if ${shareText(share.value)} of the images leave`,
                    },
                  ]),
                  h('label', { class: 'share' }, [
                    `Images that leave there: ${shareText(share.value)}`,
                    h('input', {
                      type: 'range',
                      min: 0,
                      max: 1,
                      step: 0.01,
                      value: share.value,
                      onInput: (event: Event) =>
                        (share.value = Number((event.target as HTMLInputElement).value)),
                    }),
                  ]),
                  takeAway(brought),
                ]),
              ]),
            ]),
      ];
    }
  },
});
