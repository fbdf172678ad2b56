/** Text as it may stand in an SVG. */
export function text(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An element with its attributes, which hold no quotation marks, and what is in it. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...content: readonly string[]
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${String(value)}"`);
  return content.length === 0
    ? `<${name}${written.join('')}/>`
    : `<${name}${written.join('')}>${content.join('')}</${name}>`;
}

/** How a point is shown. */
export interface PointMark {
  readonly x: number;
  readonly y: number;
  /** Its true class, which gives the shape. */
  readonly label: number;
  readonly color: string;
  /** Of the edge of a wrong answer; null where the answer was right. */
  readonly edge: string | null;
  /** Of the edge of a right one. */
  readonly paper: string;
}

/** A disc for class 0, a triangle of the same weight for class 1; with a dark edge where the answer was wrong. */
export function pointMark({ x, y, label, color, edge: wrong, paper }: PointMark): string {
  const edge = wrong === null ? { stroke: paper, 'stroke-width': 1 } : { stroke: wrong, 'stroke-width': 2.2 };
  if (label === 0)
    return element('circle', { cx: x.toFixed(1), cy: y.toFixed(1), r: 4.9, fill: color, ...edge });
  const [top, low, half] = [(y - 6.2).toFixed(1), (y + 4.4).toFixed(1), 5.9];
  const corners = `M${x.toFixed(1)},${top}L${(x + half).toFixed(1)},${low}L${(x - half).toFixed(1)},${low}Z`;
  return element('path', { d: corners, 'stroke-linejoin': 'round', fill: color, ...edge });
}
