import { sankey, sankeyLeft, sankeyLinkHorizontal } from 'd3-sankey';
import { h, type VNode } from 'vue';
import { shareText } from '../live-figures';
import type { Look } from './scored-network';

interface FlowNode {
  readonly key: string;
  /** The exit that it is; null where samples go on. */
  readonly exit: number | null;
}
interface FlowLink {
  readonly source: string;
  readonly target: string;
  readonly value: number;
  readonly leaves: boolean;
}

const HEIGHT = 250;
const NODE_WIDTH = 14;
/** Between nodes of a column: room for the words of one. */
const PADDING = 40;
const MARGIN = { top: 34, right: 64, bottom: 10, left: 2 };

/** How the samples flow through the network: at each exit some leave, right or wrong, and the rest goes on. */
export function flowPicture({ exits, samples }: Look, width: number): VNode {
  const final = exits.length - 1;
  const nodes: FlowNode[] = [];
  const links: FlowLink[] = [];
  let left = samples;
  for (let exit = 0; exit < final; exit++) {
    nodes.push({ key: `stage${exit}`, exit: null }, { key: `exit${exit}`, exit });
    const { taken } = exits[exit]!;
    links.push({ source: `stage${exit}`, target: `exit${exit}`, value: taken, leaves: true });
    left -= taken;
    const target = exit + 1 === final ? `exit${final}` : `stage${exit + 1}`;
    links.push({ source: `stage${exit}`, target, value: left, leaves: exit + 1 === final });
  }
  nodes.push({ key: `exit${final}`, exit: final });

  const layout = sankey<FlowNode, FlowLink>()
    .nodeId(({ key }) => key)
    .nodeAlign(sankeyLeft)
    .nodeWidth(NODE_WIDTH)
    .nodePadding(PADDING)
    // Who leaves is drawn above those who go on.
    .nodeSort((a, b) => Number(a.exit === null) - Number(b.exit === null) || (a.exit ?? 0) - (b.exit ?? 0))
    .linkSort((a, b) => Number(b.leaves) - Number(a.leaves))
    .extent([
      [MARGIN.left, MARGIN.top],
      [Math.max(200, width - MARGIN.right), HEIGHT - MARGIN.bottom],
    ])({ nodes: nodes.map((node) => ({ ...node })), links: links.map((link) => ({ ...link })) });
  const path = sankeyLinkHorizontal<FlowNode, FlowLink>();
  return h(
    'svg',
    {
      class: 'flow',
      viewBox: `0 0 ${width} ${HEIGHT}`,
      width,
      height: HEIGHT,
      role: 'img',
      'aria-label': flowWords(exits, samples),
    },
    [
      ...layout.links
        .filter(({ value }) => value > 0)
        .map((link) =>
          h('path', {
            class: link.leaves ? 'leaves' : 'goes-on',
            d: path(link) ?? '',
            'stroke-width': Math.max(1, link.width ?? 0),
          }),
        ),
      ...layout.nodes.flatMap(({ exit, x0 = 0, x1 = 0, y0 = 0, y1 = 0 }) => {
        if (exit === null)
          return [
            h('rect', { class: 'stage', x: x0, y: y0, width: x1 - x0, height: Math.max(0.5, y1 - y0) }),
          ];
        const { taken, right } = exits[exit]!;
        const wrongHeight = taken === 0 ? 0 : ((taken - right) / taken) * (y1 - y0);
        return [
          h('rect', { class: 'right', x: x0, y: y0, width: x1 - x0, height: Math.max(0.5, y1 - y0) }),
          h('rect', { class: 'wrong', x: x0, y: y1 - wrongHeight, width: x1 - x0, height: wrongHeight }),
          h('text', { x: x0, y: y0 - 20 }, exit === final ? 'final' : `exit ${exit + 1}`),
          h('text', { class: 'share', x: x0, y: y0 - 6 }, shareText(taken / samples, 1)),
        ];
      }),
    ],
  );
}

function flowWords(exits: Look['exits'], samples: number): string {
  const words = exits.map(({ taken, right }, exit) => {
    const name = exit === exits.length - 1 ? 'the final exit' : `exit ${exit + 1}`;
    return `${shareText(taken / samples, 1)} leave at ${name}${taken === 0 ? '' : `, ${shareText(right / taken, 1)} of them right`}`;
  });
  return `The way of the samples: ${words.join('; ')}.`;
}
