import { type Code, i32, memory, sequence } from '../assembler/code';
import type { FunctionWriter, Local } from '../assembler/module';
import type { ConvolutionGeometry } from './geometry';
import { bytesPerFloat } from '../tile';

/** The rows and columns of the image that lie inside the frame. */
function visible(g: ConvolutionGeometry): { rows: number; columns: number } {
  return {
    rows: Math.min(g.inHeight, g.frameHeight - g.padTop),
    columns: Math.min(g.inWidth, g.frameWidth - g.padLeft),
  };
}

/** Whether every pixel of the image is in the frame; strides may skip the last ones. */
export function frameCoversImage(g: ConvolutionGeometry): boolean {
  const { rows, columns } = visible(g);
  return rows === g.inHeight && columns === g.inWidth;
}

export const imageBytes = (g: ConvolutionGeometry): number =>
  g.inHeight * g.inWidth * g.inChannels * bytesPerFloat;
export const frameBytes = (g: ConvolutionGeometry): number =>
  g.frameHeight * g.frameWidth * g.inChannels * bytesPerFloat;

function copyRows(
  writer: FunctionWriter,
  g: ConvolutionGeometry,
  write: (imageRow: Local, frameRow: Local, bytes: Code) => Code,
  image: Code,
  frame: Code,
): Code {
  const { rows, columns } = visible(g);
  if (rows <= 0 || columns <= 0) return [];
  const imageRow = writer.local('i32');
  const frameRow = writer.local('i32');
  const pixel = g.inChannels * bytesPerFloat;
  return sequence(
    imageRow.set(image),
    frameRow.set(i32.add(frame, i32.constant((g.padTop * g.frameWidth + g.padLeft) * pixel))),
    writer.repeat(
      rows,
      sequence(
        write(imageRow, frameRow, i32.constant(columns * pixel)),
        imageRow.advance(g.inWidth * pixel),
        frameRow.advance(g.frameWidth * pixel),
      ),
    ),
  );
}

/** Copies an image into a frame whose border already holds zeros. */
export function copyIntoFrame(
  writer: FunctionWriter,
  g: ConvolutionGeometry,
  image: Code,
  frame: Code,
): Code {
  return copyRows(writer, g, (from, to, bytes) => memory.copy(to.get, from.get, bytes), image, frame);
}

/** Copies the image's part of a frame back; what the frame does not cover is left unchanged. */
export function copyOutOfFrame(
  writer: FunctionWriter,
  g: ConvolutionGeometry,
  image: Code,
  frame: Code,
): Code {
  return copyRows(writer, g, (to, from, bytes) => memory.copy(to.get, from.get, bytes), image, frame);
}
