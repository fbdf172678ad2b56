import { defineComponent, h, type PropType, ref, watchEffect } from 'vue';
import { type FrontierPicture, frontierPicture } from './frontier-picture';
import type { Look, ScoredNetwork } from './scored-network';
import type { FrontierLook } from './search-tasks';

/** The picture of accuracy and cost: drawn when what it shows changes, while a threshold is dragged only its point moves. */
export const frontierChart = defineComponent({
  name: 'FrontierChart',
  props: {
    scored: { type: Object as PropType<ScoredNetwork>, required: true },
    frontier: { type: Array as PropType<readonly FrontierLook[]>, required: true },
    look: { type: Object as PropType<Look>, required: true },
    finalAccuracy: { type: Number, required: true },
    width: { type: Number, required: true },
  },
  setup(props) {
    const place = ref<HTMLElement | null>(null);
    let drawn: { readonly of: readonly unknown[]; readonly picture: FrontierPicture } | null = null;
    watchEffect(
      () => {
        if (place.value === null) return;
        const { scored, frontier, look, finalAccuracy, width } = props;
        const of = [scored, frontier, width];
        const isSame = drawn?.of.every((part, index) => part === of[index]) ?? false;
        if (isSame && drawn!.picture.move(look)) return;
        const { staticMacs } = scored.network.costs;
        drawn = { of, picture: frontierPicture(frontier, look, { finalAccuracy, staticMacs, width }) };
        place.value.replaceChildren(drawn.picture.element);
      },
      { flush: 'post' },
    );
    return () => h('div', { ref: place, class: 'chart' });
  },
});
