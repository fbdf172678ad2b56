import { onMounted, onUnmounted, ref, type Ref } from 'vue';

/** Until the page knows better. */
const FIRST_WIDTH = 640;

/** The width of an element in pixels, while it is there: pictures are drawn for it, so that their words stay readable. */
export function elementWidth(element: Readonly<Ref<Element | null>>): Readonly<Ref<number>> {
  const width = ref(FIRST_WIDTH);
  let observer: ResizeObserver | undefined;
  onMounted(() => {
    observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0)
        width.value = Math.floor(entry.contentRect.width);
    });
    if (element.value !== null) observer.observe(element.value);
  });
  onUnmounted(() => observer?.disconnect());
  return width;
}
