import type { PlaneMark } from '@earlyexit/boundary';
import { defineComponent, h, type PropType, ref, shallowRef, type VNode } from 'vue';

/** How far the plot shows the plane in each direction: `PLOT_EXTENT` of the library, which is not loaded yet. */
const EXTENT = 1.65;
/** Between two marks of a line that the pointer draws. */
const SPACING = 0.09;
/** How far an arrow key moves the cross. */
const STRIDE = 0.1;

const arrows: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-STRIDE, 0],
  ArrowRight: [STRIDE, 0],
  ArrowUp: [0, STRIDE],
  ArrowDown: [0, -STRIDE],
};

/** The plot, and a plane over it that takes points from pointer and keyboard. */
export const drawingPlane = defineComponent({
  name: 'DrawingPlane',
  props: {
    /** The SVG to show. */
    plot: { type: String, required: true },
    /** The class of what is drawn. */
    label: { type: Number as PropType<0 | 1>, required: true },
  },
  emits: {
    drawn: (marks: readonly PlaneMark[]) => marks.length > 0,
  },
  setup(props, { emit }) {
    const surface = ref<HTMLElement | null>(null);
    const fresh = shallowRef<readonly PlaneMark[]>([]);
    const cross = shallowRef<readonly [x: number, y: number]>([0, 0]);
    const isCrossShown = ref(false);

    function place({ clientX, clientY }: PointerEvent): readonly [x: number, y: number] {
      const box = surface.value!.getBoundingClientRect();
      return [
        EXTENT * ((2 * (clientX - box.left)) / box.width - 1),
        EXTENT * (1 - (2 * (clientY - box.top)) / box.height),
      ];
    }

    function put([x, y]: readonly [x: number, y: number]): void {
      fresh.value = [...fresh.value, { x: within(x), y: within(y), label: props.label }];
    }

    function finish(): void {
      if (fresh.value.length === 0) return;
      emit('drawn', fresh.value);
      fresh.value = [];
    }

    function press(event: PointerEvent): void {
      surface.value!.setPointerCapture(event.pointerId);
      put(place(event));
    }

    function move(event: PointerEvent): void {
      if (!surface.value!.hasPointerCapture(event.pointerId)) return;
      const [x, y] = place(event);
      const before = fresh.value.at(-1);
      if (before === undefined || Math.hypot(x - before.x, y - before.y) >= SPACING) put([x, y]);
    }

    function type(event: KeyboardEvent): void {
      const step = arrows[event.key];
      if (step !== undefined)
        cross.value = [within(cross.value[0] + step[0]), within(cross.value[1] + step[1])];
      else if (event.key === 'Enter' || event.key === ' ') {
        put(cross.value);
        finish();
      } else return;
      isCrossShown.value = true;
      event.preventDefault();
    }

    return () =>
      h('div', { class: 'drawing-plane' }, [
        h('div', { class: 'plot', innerHTML: props.plot }),
        h(
          'div',
          {
            ref: surface,
            class: 'surface',
            tabindex: 0,
            role: 'application',
            'aria-label':
              'The plane. Draw points with the pointer, or move the cross with the arrow keys and put a point with Enter.',
            onPointerdown: press,
            onPointermove: move,
            onPointerup: finish,
            onPointercancel: finish,
            onKeydown: type,
            onBlur: () => (isCrossShown.value = false),
          },
          [
            h(
              'svg',
              { viewBox: `${-EXTENT} ${-EXTENT} ${2 * EXTENT} ${2 * EXTENT}`, 'aria-hidden': 'true' },
              [
                ...fresh.value.map(({ x, y, label }) => freshMark(x, -y, label)),
                isCrossShown.value ? crossAt(cross.value[0], -cross.value[1]) : null,
              ],
            ),
          ],
        ),
      ]);
  },
});

function within(coordinate: number): number {
  return Math.min(EXTENT, Math.max(-EXTENT, coordinate));
}

function freshMark(x: number, y: number, label: number): VNode {
  return label === 0
    ? h('circle', { class: 'fresh', cx: x, cy: y, r: 0.035 })
    : h('path', { class: 'fresh', d: `M${x},${y - 0.043}l0.041,0.073h-0.082Z` });
}

function crossAt(x: number, y: number): VNode {
  return h('path', { class: 'cross', d: `M${x - 0.1},${y}h0.2M${x},${y - 0.1}v0.2` });
}
