import type { Strokes } from './strokes';

/** Of the canvas's side: about the pen of MNIST's digits once the digit fills its box. */
const PEN = 0.09;

/** Draws white lines on black. */
export function drawStrokes(context: CanvasRenderingContext2D, strokes: Strokes): void {
  const side = context.canvas.width;
  context.fillStyle = '#000';
  context.fillRect(0, 0, side, side);
  Object.assign(context, { lineCap: 'round', lineJoin: 'round', lineWidth: PEN * side });
  Object.assign(context, { strokeStyle: '#fff' });
  for (const stroke of strokes) {
    const [first, ...rest] = stroke;
    if (first === undefined) continue;
    context.beginPath();
    context.moveTo(first[0] * side, first[1] * side);
    // A point alone is a line of no length, which the round pen makes a dot.
    for (const [x, y] of rest.length > 0 ? rest : [first]) context.lineTo(x * side, y * side);
    context.stroke();
  }
}

/** The ink on the canvas: `[side, side]`, 0 to 255. */
export function inkOf(context: CanvasRenderingContext2D): Uint8Array {
  const side = context.canvas.width;
  const { data } = context.getImageData(0, 0, side, side);
  return Uint8Array.from({ length: side * side }, (_, index) => data[4 * index]!);
}
