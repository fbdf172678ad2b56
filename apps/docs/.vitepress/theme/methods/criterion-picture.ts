import { getCriterion } from '@earlyexit/exit-criteria';
import { h, type FunctionalComponent, type VNode } from 'vue';
import { criterionPages } from '../../../methods/criterion-pages';
import { type CriterionPlane, criterionPoints, planeOf } from './criterion-points';
import './criterion-picture.css';

const [WIDTH, HEIGHT] = [300, 270];
const PLOT = { left: 24, top: 26, width: 252, height: 218 };

/** Who leaves under a criterion, drawn by the criterion itself. */
export const CriterionPicture: FunctionalComponent<{ name: string; threshold: number; small?: boolean }> = ({
  name,
  threshold,
  small = false,
}) => {
  const picture = drawing(name, threshold);
  if (small) return picture;
  return h('figure', { class: 'criterion-figure' }, [picture, h('figcaption', caption(name, threshold))]);
};
CriterionPicture.props = {
  name: { type: String, required: true },
  threshold: { type: Number, required: true },
  small: Boolean,
};

/** All of them, each a link to its page. */
export const CriterionGallery: FunctionalComponent = () =>
  h(
    'ul',
    { class: 'criterion-gallery' },
    criterionPages.map(({ name, threshold }) =>
      h('li', [
        h('a', { href: `${import.meta.env.BASE_URL}methods/criteria/${name}` }, [
          h(CriterionPicture, { name, threshold, small: true }),
          h('strong', name),
        ]),
        h('span', getCriterion(name).description),
      ]),
    ),
  );

function drawing(name: string, threshold: number): VNode {
  const points = criterionPoints(name, threshold);
  const leaving = points.filter(({ leaves }) => leaves).length / points.length;
  return h(
    'svg',
    {
      class: 'criterion-picture',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': `Where ${name} lets a sample leave at a threshold of ${threshold}: on ${(100 * leaving).toFixed(0)} % of the places shown.`,
    },
    [
      ...points.map(({ x, y, leaves, sureness }) =>
        h('circle', {
          class: leaves ? 'leaves' : 'goes-on',
          cx: (PLOT.left + PLOT.width * x).toFixed(1),
          cy: (PLOT.top + PLOT.height * y).toFixed(1),
          r: 4.4,
          'fill-opacity': (0.25 + 0.75 * sureness).toFixed(2),
        }),
      ),
      ...axisWords(planeOf(name)),
    ],
  );
}

function axisWords(plane: CriterionPlane): VNode[] {
  const words: readonly (readonly [text: string, x: number, y: number, anchor: string])[] =
    plane === 'probabilities'
      ? [
          ['surely A', WIDTH / 2, 14, 'middle'],
          ['surely B', WIDTH - 4, HEIGHT - 6, 'end'],
          ['surely C', 4, HEIGHT - 6, 'start'],
        ]
      : [
          ['output of A: −2 to 5 →', WIDTH - 4, HEIGHT - 6, 'end'],
          ['↑ output of B: −2 to 5', 4, 14, 'start'],
        ];
  return words.map(([text, x, y, anchor]) => h('text', { x, y, 'text-anchor': anchor }, text));
}

function caption(name: string, threshold: number): string {
  const plane =
    planeOf(name) === 'probabilities'
      ? 'Every place is a mixture of the probabilities of three classes; the corners are certain.'
      : 'Every place is a pair of outputs for two classes.';
  const memory =
    name === 'patience' || name === 'ensemble' ? ' The exit before said 50 % A, 30 % B and 20 % C.' : '';
  const label = name === 'cross-entropy-oracle' ? ' A is the right answer.' : '';
  return `${plane}${memory}${label} Green leaves at a threshold of ${threshold}, grey goes on; the stronger the colour, the surer.`;
}
