import * as Plot from '@observablehq/plot';
import { computed, defineComponent, h, onMounted, type PropType, ref, watch } from 'vue';
import type { ShownReproduction, ShownSystem } from '../../../methods/figures.data';
import { costPlot } from '../live/cost-plot';
import { elementWidth } from '../live/element-width';
import '../live/live-example.css';

const HEIGHT = 280;
const COLORS = ['var(--curve-1)', 'var(--curve-2)', 'var(--curve-3)', 'var(--curve-4)'] as const;

interface Point {
  readonly system: string;
  readonly x: number;
  readonly y: number;
}

/** Accuracy over cost of every system of a recipe; a point under the pointer says its numbers, a system can be left out. */
export default defineComponent({
  name: 'ReproductionCurves',
  props: { reproduction: { type: Object as PropType<ShownReproduction>, required: true } },
  setup(props) {
    const root = ref<HTMLElement | null>(null);
    const place = ref<HTMLElement | null>(null);
    const width = elementWidth(root);
    const hidden = ref<ReadonlySet<string>>(new Set());
    const shown = computed(() => props.reproduction.systems.filter(({ name }) => !hidden.value.has(name)));
    const names = computed(() => props.reproduction.systems.map(({ name }) => name));

    function draw(): void {
      place.value?.replaceChildren(plotOf(shown.value, names.value, width.value, props.reproduction.title));
    }
    onMounted(draw);
    watch([shown, width], draw);

    return () =>
      h('div', { class: 'live-example curves', ref: root }, [
        h('fieldset', [
          h('legend', 'Systems'),
          ...names.value.map((name, index) =>
            h('label', [
              h('input', {
                type: 'checkbox',
                checked: !hidden.value.has(name),
                onChange: () => {
                  const next = new Set(hidden.value);
                  if (!next.delete(name)) next.add(name);
                  hidden.value = next;
                },
              }),
              h('span', { class: 'swatch', style: { backgroundColor: COLORS[index % COLORS.length] } }),
              name,
            ]),
          ),
        ]),
        h('div', { ref: place, style: { minHeight: `${HEIGHT}px` } }),
        h(
          'p',
          { class: 'note' },
          'Lines: other thresholds on the test split. Large points: the thresholds that were chosen. Dashed: the final exit alone. Point at a line to read it.',
        ),
      ]);
  },
});

function plotOf(
  systems: readonly ShownSystem[],
  names: readonly string[],
  width: number,
  title: string,
): Element {
  const pointOf = (
    { name, staticMacs }: ShownSystem,
    { averageMacs, top1 }: { readonly averageMacs: number; readonly top1: number },
  ): Point => ({ system: name, x: (100 * averageMacs) / staticMacs, y: 100 * top1 });
  const curves = systems.flatMap((system) => system.curve.map((point) => pointOf(system, point)));
  const here = systems.map((system) => pointOf(system, system.here));
  const color = ({ system }: Point): string => COLORS[names.indexOf(system) % COLORS.length]!;
  const element = costPlot({
    width,
    height: HEIGHT,
    accuracy: 'right on the test split',
    marks: [
      Plot.ruleY(systems, {
        y: ({ staticTop1 }: ShownSystem) => 100 * staticTop1,
        stroke: ({ name }: ShownSystem) => COLORS[names.indexOf(name) % COLORS.length]!,
        strokeDasharray: '4 4',
      }),
      Plot.line(curves, { x: 'x', y: 'y', z: 'system', stroke: color, strokeWidth: 2 }),
      Plot.dot(here, { x: 'x', y: 'y', r: 6, fill: color, stroke: 'var(--vp-c-bg)', strokeWidth: 2 }),
      Plot.tip(
        [...curves, ...here],
        Plot.pointer({
          x: 'x',
          y: 'y',
          title: ({ system, x, y }: Point) =>
            `${system}\n${y.toFixed(2)} % right\n${x.toFixed(1)} % of the cost`,
          fill: 'var(--vp-c-bg)',
          stroke: 'var(--vp-c-border)',
        }),
      ),
    ],
  });
  const words = here.map(
    ({ system, x, y }) => `${system} ${y.toFixed(2)} % right for ${x.toFixed(1)} % of the cost`,
  );
  element.setAttribute('aria-label', `${title}: ${words.join('; ') || 'no system is shown'}.`);
  return element;
}
