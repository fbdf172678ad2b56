import { type Code, f32x4, i32, memory, sequence, when } from '../assembler/code';
import { ModuleWriter, type WasmFunction } from '../assembler/module';
import { bytesPerFloat, bytesPerVector, lanes, type Piece, planTiling, tile, vectorsFor } from '../tile';
import { copyIntoFrame, frameBytes, imageBytes } from './frame';
import { type ConvolutionGeometry, frameIsInside } from './geometry';
import { type Stretch, stretches, vertical } from '../windows';

/** What is done to a sum before it is stored. */
export interface ForwardOptions {
  readonly hasBias: boolean;
  readonly hasRelu: boolean;
}

/**
 * Writes the kernel `run(x, filter, bias, y, scratch, batch)` for a convolution:
 *
 * y[n, y, x, o] = bias[o] + Σ over i, j, c of frame[n, y·stride + i, x·stride + j, c] · filter[i, j, c, o]
 *
 * The output channels are the vectors, neighbouring positions of a row are the rows of a tile.
 */
export function writeForward(
  g: ConvolutionGeometry,
  options: ForwardOptions,
): { module: ModuleWriter; scratchBytes: number } {
  const module = new ModuleWriter();
  const taps = g.filterWidth * g.inChannels;
  const inPlace = frameIsInside(g);
  const rowBytes = (inPlace ? g.inWidth : g.frameWidth) * g.inChannels * bytesPerFloat;
  const positionBytes = g.strideWidth * g.inChannels * bytesPerFloat;
  const outPixelBytes = g.outChannels * bytesPerFloat;
  const tiling = planTiling(g.outWidth, vectorsFor(g.outChannels));

  const tiles = new Map<string, WasmFunction>();
  /** `count` tiles side by side, each with some positions and some vectors, the last of which may be partial. */
  const tileFor = (positions: number, vectors: number, lastLanes: number): WasmFunction => {
    const key = `${positions}×${vectors}:${lastLanes}`;
    const known = tiles.get(key);
    if (known !== undefined) return known;
    const written = module.define(6, (writer, x, filter, bias, y, count, filterRows) => {
      const { accumulators, step, clear } = tile(writer, positions, vectors);
      const [from, weights] = [writer.local('i32'), writer.local('i32')];
      const positionOffsets = Array.from({ length: positions }, (_, i) => i * positionBytes);
      const columnOffsets = Array.from({ length: vectors }, (_, j) => j * bytesPerVector);
      return sequence(
        writer.repeat(
          count.get,
          sequence(
            options.hasBias
              ? sequence(
                  ...accumulators.flatMap((row) =>
                    row.map((sum, j) => sum.set(f32x4.load(bias.get, j * bytesPerVector))),
                  ),
                )
              : clear(),
            from.set(x.get),
            weights.set(filter.get),
            when(
              filterRows.get,
              writer.repeat(
                filterRows.get,
                sequence(
                  writer.repeat(
                    taps,
                    sequence(
                      step(from.get, positionOffsets, weights.get, columnOffsets),
                      from.advance(bytesPerFloat),
                      weights.advance(outPixelBytes),
                    ),
                  ),
                  from.advance(rowBytes - taps * bytesPerFloat),
                ),
              ),
            ),
            ...accumulators.flatMap((row, i) =>
              row.map((sum, j) =>
                f32x4.storeFirst(
                  y.get,
                  options.hasRelu ? f32x4.max(f32x4.zero, sum.get) : sum.get,
                  j === vectors - 1 ? lastLanes : lanes,
                  i * outPixelBytes + j * bytesPerVector,
                ),
              ),
            ),
            x.advance(positions * positionBytes),
            y.advance(positions * outPixelBytes),
          ),
        ),
      );
    });
    tiles.set(key, written);
    return written;
  };

  const sizes = [...new Set(tiling.rows.map(({ size }) => size))];
  module.define(
    6,
    (writer, x, filter, bias, y, scratch, batch) => {
      const top = writer.local('i32');
      const rowOfSize = (positions: number, { start, size }: Piece, { first, end }: Stretch): Code => {
        const same = tiling.rows.filter((piece) => piece.size === positions);
        const offset = i32.constant(start * bytesPerVector);
        return tileFor(positions, size, Math.min(lanes, g.outChannels - (start + size - 1) * lanes)).call(
          // Rows of the filter outside the image meet only zeros.
          i32.add(top.get, i32.constant(first * rowBytes + same[0]!.start * positionBytes)),
          i32.add(filter.get, i32.constant(first * taps * outPixelBytes + start * bytesPerVector)),
          i32.add(bias.get, offset),
          i32.add(y.get, i32.constant(same[0]!.start * outPixelBytes + start * bytesPerVector)),
          i32.constant(same.length),
          i32.constant(end - first),
        );
      };
      return sequence(
        inPlace ? [] : memory.fill(scratch.get, 0, i32.constant(frameBytes(g))),
        writer.repeat(
          batch.get,
          sequence(
            inPlace ? [] : copyIntoFrame(writer, g, x.get, scratch.get),
            top.set((inPlace ? x : scratch).get),
            ...stretches(vertical(g)).map((stretch) =>
              writer.repeat(
                stretch.count,
                sequence(
                  ...tiling.vectors.flatMap((piece) => sizes.map((size) => rowOfSize(size, piece, stretch))),
                  top.advance(g.strideHeight * rowBytes),
                  y.advance(g.outWidth * outPixelBytes),
                ),
              ),
            ),
            x.advance(imageBytes(g)),
          ),
        ),
      );
    },
    'run',
  );
  return { module, scratchBytes: inPlace ? 0 : frameBytes(g) };
}
