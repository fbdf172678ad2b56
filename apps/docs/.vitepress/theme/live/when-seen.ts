import { onMounted, onUnmounted, type Ref } from 'vue';

/** Calls back once, as soon as the element comes near the window: what is never looked at is never loaded. */
export function whenSeen(element: Readonly<Ref<Element | null>>, callback: () => void): void {
  let observer: IntersectionObserver | undefined;
  onMounted(() => {
    observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer?.disconnect();
        callback();
      },
      { rootMargin: '200px' },
    );
    if (element.value !== null) observer.observe(element.value);
  });
  onUnmounted(() => observer?.disconnect());
}
