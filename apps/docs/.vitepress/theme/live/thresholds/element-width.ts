import { onMounted, onUnmounted, ref, type Ref } from 'vue';

/** The width of an element in pixels, while it is there: pictures are drawn for it, so that their words stay readable. */
export function elementWidth(element: Readonly<Ref<Element | null>>, first: number): Readonly<Ref<number>> {
  const width = ref(first);
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
