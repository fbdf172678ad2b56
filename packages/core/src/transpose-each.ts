/** Swaps the axes of every image of a batch: `[count, rows, columns]` to `[count, columns, rows]`. */
export function transposeEach(images: Float32Array, rows: number, columns: number): Float32Array {
  const size = rows * columns;
  const turned = new Float32Array(images.length);
  for (let image = 0; image < images.length; image += size) {
    for (let column = 0; column < columns; column++) {
      let from = image + column;
      const start = image + column * rows;
      for (let row = 0; row < rows; row++, from += columns) turned[start + row] = images[from]!;
    }
  }
  return turned;
}
