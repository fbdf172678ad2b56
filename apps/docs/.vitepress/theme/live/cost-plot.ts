import * as Plot from '@observablehq/plot';

/** A picture of accuracies over what they cost. */
export interface CostPlot {
  readonly width: number;
  readonly height: number;
  /** What stands at the upright axis. */
  readonly accuracy: string;
  /** Points in percent, both ways. */
  readonly marks: readonly Plot.Markish[];
}

/** Draws accuracy over cost; the picture still needs its name, an `aria-label`. */
export function costPlot({ width, height, accuracy, marks }: CostPlot): ReturnType<typeof Plot.plot> {
  const element = Plot.plot({
    width,
    height,
    marginLeft: 50,
    marginBottom: 40,
    // The label of the axis reaches a little below it.
    style: { background: 'none', fontSize: '12px', overflow: 'visible' },
    x: { label: 'average cost, % of the network without exits →', nice: true },
    y: { label: `↑ ${accuracy}, %`, nice: true, grid: true, ticks: 5 },
    marks: [...marks],
  });
  // One picture, one name: its parts have none of their own.
  for (const part of element.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  element.setAttribute('role', 'img');
  return element;
}
