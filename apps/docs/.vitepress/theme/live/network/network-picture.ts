import { h, type VNode } from 'vue';

/** A layer or an operator, as a picture shows it. */
export interface PictureNode {
  readonly name: string;
  /** What it does: `Conv`. */
  readonly kind: string;
  /** Multiply-accumulates for one sample. */
  readonly macs: number;
  /** The names of the nodes before it that it reads. */
  readonly reads: readonly string[];
  /** Whether it belongs to the head of an exit; not so unless given. */
  readonly isHead?: boolean;
}

/** A place where an exit may stand. */
export interface PicturePlace {
  /** The name of the node behind which it stands. */
  readonly after: string;
}

/** A network from left to right. */
export interface NetworkPicture<Place extends PicturePlace> {
  /** In the order in which they run. */
  readonly nodes: readonly PictureNode[];
  readonly places: readonly Place[];
  /** Where exits stand. */
  readonly chosen: readonly Place[];
  /** Pixels. */
  readonly width: number;
  readonly onChoose: (place: Place) => void;
}

const [ARCS, BARS, FOOT, SIDE] = [64, 110, 46, 12] as const;

/**
 * Draws a network in a row: arcs for what jumps over other nodes, a bar for what each node takes, a line for what has been
 * spent by then, and a mark for each place where an exit may stand.
 */
export function networkPicture<Place extends PicturePlace>(picture: NetworkPicture<Place>): VNode {
  const { nodes, places, chosen, width, onChoose } = picture;
  const height = ARCS + BARS + FOOT;
  const base = ARCS + BARS;
  const step = (width - 2 * SIDE) / Math.max(1, nodes.length);
  const at = new Map(nodes.map(({ name }, index) => [name, index]));
  const middleOf = (index: number): number => SIDE + (index + 0.5) * step;
  const most = Math.max(1, ...nodes.map(({ macs }) => macs));
  const total = Math.max(
    1,
    nodes.reduce((sum, { macs }) => sum + macs, 0),
  );
  let spent = 0;
  const spentLine = nodes.map(({ macs }, index) => {
    spent += macs;
    return `L${(middleOf(index) + step / 2).toFixed(1)} ${(base - (BARS * spent) / total).toFixed(1)}`;
  });
  const arcs = nodes.flatMap(({ reads }, to) =>
    reads.flatMap((name) => {
      const from = at.get(name);
      return from === undefined || to - from < 2 ? [] : [[from, to] as const];
    }),
  );
  const longest = Math.max(1, ...arcs.map(([from, to]) => to - from));
  return h(
    'svg',
    {
      class: 'network-picture',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'aria-label': wordsFor(picture, total),
    },
    [
      ...arcs.map(([from, to]) => {
        const [x, end] = [middleOf(from), middleOf(to)];
        const rise = 10 + (ARCS - 18) * Math.sqrt((to - from) / longest);
        const d = `M${x} ${ARCS}C${x} ${ARCS - rise} ${end} ${ARCS - rise} ${end} ${ARCS}`;
        return h('path', { class: 'arc', d });
      }),
      h('line', { class: 'row', x1: SIDE, x2: width - SIDE, y1: base, y2: base }),
      ...nodes.map(({ name, kind, macs, isHead = false }, index) => {
        const tall = macs === 0 ? 3 : Math.max(4, BARS * Math.sqrt(macs / most));
        return h(
          'rect',
          {
            class: ['node', isHead ? 'head' : macs === 0 ? 'free' : 'costly'],
            x: SIDE + index * step + step * 0.1,
            width: Math.max(0.8, step * 0.8),
            y: base - tall,
            height: tall,
          },
          [h('title', `${name} · ${kind} · ${((100 * macs) / total).toFixed(1)} %`)],
        );
      }),
      h('path', { class: 'spent', d: `M${SIDE} ${base}${spentLine.join('')}` }),
      ...places.map((place, index) => {
        const x = middleOf(at.get(place.after) ?? 0) + step / 2;
        const isChosen = chosen.includes(place);
        return h(
          'g',
          { class: ['place', { chosen: isChosen }], 'data-place': index, onClick: () => onChoose(place) },
          [
            h('line', { x1: x, x2: x, y1: isChosen ? 14 : ARCS, y2: base + 12 }),
            h('circle', { cx: x, cy: base + 20, r: 9 }),
            h('text', { x, y: base + 24, 'text-anchor': 'middle' }, String(index + 1)),
          ],
        );
      }),
    ],
  );
}

function wordsFor<Place extends PicturePlace>(
  { nodes, places, chosen }: NetworkPicture<Place>,
  total: number,
): string {
  const behind = chosen.map(({ after }) => {
    const place = nodes.findIndex(({ name }) => name === after);
    const before = nodes.slice(0, place + 1).reduce((sum, { macs }) => sum + macs, 0);
    return `one behind ${after}, where ${((100 * before) / total).toFixed(0)} % have been spent`;
  });
  return `The network: ${nodes.length} nodes in a row, with ${places.length} places for exits; ${
    behind.length === 0 ? 'no exit yet' : behind.join('; ')
  }.`;
}
