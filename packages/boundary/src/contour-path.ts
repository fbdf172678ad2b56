import { contours } from 'd3-contour';

/** A square field of numbers, and where it is drawn. */
interface DrawnField {
  /** `[size, size]`, row-major from the upper left. */
  readonly values: Float32Array;
  readonly size: number;
  /** Where its upper left corner is drawn, on both axes, and how long its side is. */
  readonly start: number;
  readonly length: number;
}

/**
 * The outline of where a field is at least 0, as the path of an SVG (marching squares, interpolated); with the fill rule
 * `evenodd` it fills that region. Empty where nothing is. It closes along the edge of the field.
 */
export function contourPath({ values, size, start, length }: DrawnField): string {
  const scale = length / size;
  const place = (at: number): string => (start + at * scale).toFixed(1);
  const { coordinates } = contours().size([size, size]).contour(Array.from(values), 0);
  return coordinates
    .flat()
    .map((ring) => `M${ring.map(([x, y]) => `${place(x!)},${place(y!)}`).join('L')}Z`)
    .join('');
}
