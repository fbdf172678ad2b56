import type { PlotColors } from '@earlyexit/boundary';

/** The colours of the plot as variables of the page, so that light and dark need no new drawing. */
export const pageColors: PlotColors = {
  paper: 'var(--boundary-paper)',
  frame: 'var(--vp-c-divider)',
  first: 'var(--boundary-first)',
  last: 'var(--boundary-last)',
  firstEdge: 'var(--boundary-first-edge)',
  lastEdge: 'var(--boundary-last-edge)',
  easy: 'var(--boundary-easy)',
  hard: 'var(--boundary-hard)',
  hatch: 'var(--boundary-hatch)',
  wrong: 'var(--vp-c-text-1)',
};
