import { type Code, f32, f32x4, i32, memory, sequence, when } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter, type WasmFunction } from '../assembler/module';
import { copyOutOfFrame, frameBytes, frameCoversImage, imageBytes } from './frame';
import type { ConvolutionGeometry } from './geometry';
import { bytesPerFloat, bytesPerVector, lanes, planTiling, tile, vectorsFor } from '../tile';
import { horizontal, reaching, type Stretch, stretches, vertical } from '../windows';

// Images processed together, as the rows of a tile. Positions of different images never touch the same memory, so no
// load has to wait for an earlier store, as it would for neighbouring positions of one image.
const imagesTogether = 4;

/**
 * Writes the kernel `run(dy, filter, dx, scratch, batch)` for the gradient of a convolution with respect to its input. Each
 * output position sends its gradient back to the taps that it read:
 *
 * frame[n, y·stride + i, x·stride + j, c] += Σ over o of dy[n, y, x, o] · filter[i, j, c, o]
 *
 * For one filter row i the taps (j, c) lie side by side in the frame, which makes them the vectors; every stride works
 * the same way, no zeros are multiplied, and what lies outside the image is not computed.
 */
export function writeInputGradient(g: ConvolutionGeometry): { module: ModuleWriter; scratchBytes: number } {
  const module = new ModuleWriter();
  const taps = g.filterWidth * g.inChannels;
  const vectorCount = vectorsFor(taps);
  // The filters, transposed: [filter row, piece of the taps, out channel, vectors of the piece], padded with zeros.
  const filterRowBytes = g.outChannels * vectorCount * bytesPerVector;
  const filterBytes = g.filterHeight * filterRowBytes;
  const frameRowBytes = g.frameWidth * g.inChannels * bytesPerFloat;
  const outPixelBytes = g.outChannels * bytesPerFloat;
  const outImageBytes = g.outHeight * g.outWidth * outPixelBytes;
  const stepBytes = g.strideWidth * g.inChannels * bytesPerFloat;
  // Room after each frame for the lanes that reach beyond its last taps; they only ever add zero.
  const frameStride = frameBytes(g) + bytesPerVector;
  const tapPieces = planTiling(imagesTogether, vectorCount).vectors;

  const tiles = new Map<string, WasmFunction>();
  const tileFor = (images: number, columns: number): WasmFunction => {
    const key = `${images}×${columns}`;
    const known = tiles.get(key);
    if (known !== undefined) return known;
    const written = module.define(4, (writer, dy, filter, frame, width) => {
      const { accumulators, step, clear } = tile(writer, images, columns);
      const channel = writer.local('i32');
      const weights = writer.local('i32');
      const imageOffsets = Array.from({ length: images }, (_, i) => i * outImageBytes);
      const columnOffsets = Array.from({ length: columns }, (_, j) => j * bytesPerVector);
      return writer.repeat(
        width.get,
        sequence(
          clear(),
          channel.set(dy.get),
          weights.set(filter.get),
          writer.repeat(
            g.outChannels,
            sequence(
              step(channel.get, imageOffsets, weights.get, columnOffsets),
              channel.advance(bytesPerFloat),
              weights.advance(columns * bytesPerVector),
            ),
          ),
          ...accumulators.flatMap((sums, i) =>
            sums.map((sum, j) => {
              const offset = i * frameStride + j * bytesPerVector;
              return f32x4.store(frame.get, f32x4.add(f32x4.load(frame.get, offset), sum.get), offset);
            }),
          ),
          dy.advance(outPixelBytes),
          frame.advance(stepBytes),
        ),
      );
    });
    tiles.set(key, written);
    return written;
  };

  /**
   * One row of the output under one row of the filter: the tiles of all pieces of the taps, where they lie inside the
   * image.
   */
  const filterRowOf = (images: number, dyRow: Code, filterRow: Code, frameRow: Code): Code =>
    sequence(
      ...tapPieces.map(({ start, size }) => {
        const lastTap = Math.min(taps, (start + size) * lanes) - 1;
        const { start: left, end: right } = reaching(
          horizontal(g),
          Math.floor((start * lanes) / g.inChannels),
          Math.floor(lastTap / g.inChannels),
        );
        if (left >= right) return [];
        return tileFor(images, size).call(
          i32.add(dyRow, i32.constant(left * outPixelBytes)),
          i32.add(filterRow, i32.constant(start * g.outChannels * bytesPerVector)),
          i32.add(frameRow, i32.constant(left * stepBytes + start * bytesPerVector)),
          i32.constant(right - left),
        );
      }),
    );

  /** The gradients of a few images, in the frames at `frames`. */
  const group = (images: number): WasmFunction =>
    module.define(4, (writer, dy, filter, dx, frames) => {
      const filterRow = writer.local('i32');
      const dyRow = writer.local('i32');
      const frameTop = writer.local('i32');
      const frameRow = writer.local('i32');
      const rowsOf = ({ count, first, end }: Stretch): Code =>
        writer.repeat(
          count,
          sequence(
            filterRow.set(i32.add(filter.get, i32.constant(first * filterRowBytes))),
            frameRow.set(i32.add(frameTop.get, i32.constant(first * frameRowBytes))),
            first === end
              ? []
              : writer.repeat(
                  end - first,
                  sequence(
                    filterRowOf(images, dyRow.get, filterRow.get, frameRow.get),
                    filterRow.advance(filterRowBytes),
                    frameRow.advance(frameRowBytes),
                  ),
                ),
            dyRow.advance(g.outWidth * outPixelBytes),
            frameTop.advance(g.strideHeight * frameRowBytes),
          ),
        );
      return sequence(
        memory.fill(frames.get, 0, i32.constant(images * frameStride)),
        dyRow.set(dy.get),
        frameTop.set(frames.get),
        ...stretches(vertical(g)).map(rowsOf),
        ...Array.from({ length: images }, (_, image) =>
          copyOutOfFrame(
            writer,
            g,
            i32.add(dx.get, i32.constant(image * imageBytes(g))),
            i32.add(frames.get, i32.constant(image * frameStride)),
          ),
        ),
      );
    });

  const fullGroup = group(imagesTogether);
  const single = group(1);

  module.define(
    5,
    (writer, dy, filter, dx, scratch, batch) => {
      const frames = writer.local('i32');
      const images = (count: Code, size: number, of: WasmFunction): Code =>
        when(
          count,
          writer.repeat(
            count,
            sequence(
              of.call(dy.get, scratch.get, dx.get, frames.get),
              dy.advance(size * outImageBytes),
              dx.advance(size * imageBytes(g)),
            ),
          ),
        );
      return sequence(
        frames.set(i32.add(scratch.get, i32.constant(filterBytes))),
        frameCoversImage(g)
          ? []
          : memory.fill(dx.get, 0, i32.multiply(batch.get, i32.constant(imageBytes(g)))),
        memory.fill(scratch.get, 0, i32.constant(filterBytes)),
        packFilter(writer, filter, scratch.get),
        images(i32.divide(batch.get, i32.constant(imagesTogether)), imagesTogether, fullGroup),
        images(i32.remainder(batch.get, i32.constant(imagesTogether)), 1, single),
      );
    },
    'run',
  );

  /** Transposes the filters so that the taps become the vectors, one output channel at a time. */
  function packFilter(writer: FunctionWriter, filter: Local, packed: Code): Code {
    const [rowStart, tap, lane] = writer.locals(3, 'i32') as [Local, Local, Local];
    const pieces = tapPieces.map(({ start, size }) =>
      sequence(
        tap.set(i32.add(rowStart.get, i32.constant(start * g.outChannels * bytesPerVector))),
        writer.repeat(
          Math.min(size * lanes, taps - start * lanes),
          sequence(
            lane.set(tap.get),
            writer.repeat(
              g.outChannels,
              sequence(
                f32.store(lane.get, f32.load(filter.get)),
                filter.advance(bytesPerFloat),
                lane.advance(size * bytesPerVector),
              ),
            ),
            tap.advance(bytesPerFloat),
          ),
        ),
      ),
    );
    return sequence(
      rowStart.set(packed),
      writer.repeat(g.filterHeight, sequence(...pieces, rowStart.advance(filterRowBytes))),
    );
  }

  return { module, scratchBytes: filterBytes + imagesTogether * frameStride };
}
