import type { PlotOptions } from '@observablehq/plot';
import { plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, type Markup, markup } from '../html';

/** Draws a plot for a page, without a browser. The label is for people who cannot see it. */
export function drawSvg(label: string, options: PlotOptions): Markup {
  const svg = plotSvg({
    className: 'plot',
    ...options,
    style: { fontSize: '12px', ...(options.style as object | undefined) },
  });
  svg.setAttribute('aria-label', label);
  // The report's style sheet sets the few properties that Plot would repeat in every picture.
  svg.querySelector('style')?.remove();
  return markup(svg.outerHTML);
}

/** Draws a plot as a file of its own. The label is for people who cannot see it. */
export function drawSvgFile(label: string, options: PlotOptions): string {
  const svg = plotSvg(options);
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  // An attribute of a file of XML may hold no `<`, which a page would let pass.
  return `${svg.outerHTML.replace('<svg', () => html`<svg aria-label="${label}"`.text)}\n`;
}

function plotSvg(options: PlotOptions): ReturnType<typeof plot> {
  const { document } = parseHTML('<!doctype html><html></html>');
  const svg = plot({ document, ...options });
  svg.setAttribute('role', 'img');
  return svg;
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
