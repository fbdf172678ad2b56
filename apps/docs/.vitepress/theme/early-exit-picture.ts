import { defineComponent, h } from 'vue';
import wide from '../../../../docs/images/early-exit.svg';
import narrow from './early-exit-narrow.svg';

const description =
  'A clear digit leaves the network at a small branch after the first layers; ' +
  'an unclear one goes on through the remaining layers to the final classifier.';

/** The picture of what early exit is: the README's on a wide screen, a standing one on a phone. */
export const EarlyExitPicture = defineComponent({
  name: 'EarlyExitPicture',
  setup: () => () =>
    h('picture', { class: 'picture' }, [
      h('source', { media: '(max-width: 640px)', srcset: narrow, width: 360, height: 548 }),
      h('img', { src: wide, alt: description, width: 880, height: 300 }),
    ]),
});
