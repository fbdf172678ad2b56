/** How far the grid reaches in each direction: more than the picture shows, so that its edge stays out of it. */
export const EXTENT = 1.9;

/** The centres of the cells of the grid, `[size², 2]`, from the upper left. */
export function gridPoints(size: number): Float32Array {
  const points = new Float32Array(2 * size * size);
  const at = (index: number): number => EXTENT * ((2 * index + 1) / size - 1);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      points[2 * (row * size + column)] = at(column);
      points[2 * (row * size + column) + 1] = -at(row);
    }
  }
  return points;
}
