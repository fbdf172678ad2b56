import type { PlotOptions } from '@observablehq/plot';
import { plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Markup, markup } from '../html';

/** Draws a plot without a browser. The label is for people who cannot see it. */
export function drawSvg(label: string, options: PlotOptions): Markup {
  const { document } = parseHTML('<!doctype html><html></html>');
  const svg = plot({
    document,
    className: 'plot',
    ...options,
    style: { fontSize: '12px', ...(options.style as object | undefined) },
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  // The report's style sheet sets the few properties that Plot would repeat in every picture.
  svg.querySelector('style')?.remove();
  return markup(svg.outerHTML);
}

/** Draws a plot for wide windows and again for telephones; the style sheet shows one of the two. */
export function drawTwice(draw: (width: number, narrow: boolean) => Markup): Markup {
  return markup(
    `<div class="wide">${draw(940, false).text}</div><div class="narrow">${draw(340, true).text}</div>`,
  );
}

/** The colour of an exit, as the style sheet defines it. */
export function exitColor(exit: number, exits: number): string {
  return exit === exits - 1 ? 'var(--final)' : `var(--exit${String(Math.min(exit, 5))})`;
}
