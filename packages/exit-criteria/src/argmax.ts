import { countRows } from './softmax';

/**
 * The class with the largest value in each row; among equals the lowest index. NaN never wins; a row of only NaN gives
 * 0.
 *
 * @param values `[batch, classes]`, row-major.
 * @returns `[batch]`.
 * @throws ArgumentError if the values are not whole rows
 */
export function argmaxRows(values: Float32Array | Float64Array, classes: number): Int32Array {
  const answers = new Int32Array(countRows(values, classes, 'argmaxRows'));
  for (let row = 0; row < answers.length; row++) {
    const offset = row * classes;
    let best = 0;
    let largest = -Infinity;
    for (let c = 0; c < classes; c++) {
      const value = values[offset + c]!;
      if (value > largest) {
        largest = value;
        best = c;
      }
    }
    answers[row] = best;
  }
  return answers;
}
