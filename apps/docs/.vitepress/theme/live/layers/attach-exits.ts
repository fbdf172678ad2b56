import { shortMacs } from '@earlyexit/core/format';
import { defineComponent, h, ref, type VNode } from 'vue';
import { shareText } from '../live-figures';
import { networkPicture } from '../network/network-picture';
import { elementWidth } from '../element-width';
import { exitRows } from './exit-rows';
import { programFor } from './layers-state';
import { stageTable } from './stage-table';
import { useLayers } from './use-layers';
import '../live-example.css';
import '../network/network.css';
import './layers.css';

/** A network of layers, the exits that a reader attaches to it, what they cost, and the stages that follow. */
export default defineComponent({
  name: 'AttachExits',
  setup() {
    const root = ref<HTMLElement | null>(null);
    const pictures = ref<HTMLElement | null>(null);
    const width = elementWidth(pictures);
    const edited = useLayers(root);
    const { phase, problem, source, exits, attached, networks } = edited;

    return () =>
      h('div', { class: 'live-example layers-example', ref: root, 'data-phase': phase.value }, [
        networkChoice(),
        h('p', { class: 'refused', role: 'alert' }, problem.value),
        h('div', { ref: pictures }, shown()),
      ]);

    function networkChoice(): VNode {
      const name = source.value !== null && 'name' in source.value ? source.value.name : '';
      const known = networks.value.includes(name) ? networks.value : ['', ...networks.value];
      return h('div', { class: 'choices' }, [
        h('label', [
          'Network ',
          h(
            'select',
            {
              class: 'network',
              value: name,
              onChange: (event: Event) => {
                const chosen = (event.target as HTMLSelectElement).value;
                if (chosen !== '') edited.setNetwork(chosen);
              },
            },
            known.map((each) =>
              h('option', { value: each, selected: each === name }, each === '' ? 'your own' : each),
            ),
          ),
        ]),
        h('label', [
          'or a model.json of yours: ',
          h('input', {
            type: 'file',
            accept: '.json',
            onChange: (event: Event) => {
              const file = (event.target as HTMLInputElement).files?.[0];
              if (file !== undefined) edited.take(file);
            },
          }),
        ]),
      ]);
    }

    function shown(): VNode[] {
      const now = attached.value;
      if (now === null)
        return [h('p', { class: 'note' }, 'The network is built as soon as this is in sight …')];
      const behind = now.exits.map(({ after }) => after);
      const names = [...new Set([...now.advised, ...behind])].filter((name) =>
        now.nodes.some((node) => node.name === name),
      );
      const order = new Map(now.nodes.map(({ name }, index) => [name, index]));
      const places = names.sort((a, b) => order.get(a)! - order.get(b)!).map((after) => ({ after }));
      return [
        h('p', { class: 'facts', role: 'status' }, [
          `${now.inputShape.join(' × ')} in, ${shortMacs(now.staticMacs)} multiply-accumulates without exits; with them ${shareText(now.stages.at(-1)!.share, 2)} of that for whoever goes all the way`,
        ]),
        networkPicture({
          nodes: now.nodes,
          places,
          chosen: places.filter(({ after }) => behind.includes(after)),
          width: width.value,
          onChoose: ({ after }) => toggle(after),
        }),
        h('p', { class: 'note legend' }, [
          h('span', { class: 'swatch costly' }),
          'layers of the network  ',
          h('span', { class: 'swatch head' }),
          'layers of heads  ',
          h('span', { class: 'swatch spent' }),
          'what has been spent by then',
          h('br'),
          'Numbers: where exits would pay; press one to put an exit there or take it away.',
        ]),
        exitRows(edited),
        h('h3', 'Stages'),
        stageTable(now.stages),
        h('h3', 'The same as a program'),
        h('pre', { class: 'program', tabindex: 0 }, [
          h(
            'code',
            programFor(
              source.value !== null && 'name' in source.value ? source.value.name : null,
              exits.value,
            ),
          ),
        ]),
      ];
    }

    function toggle(after: string): void {
      const without = exits.value.filter((exit) => exit.after !== after);
      edited.setExits(
        without.length < exits.value.length ? without : [...without, { after, head: 'pooled' }],
      );
    }
  },
});
