import { type Code, f32, f32x4, i32, memory, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter, type WasmFunction } from '../assembler/module';
import { copyIntoFrame, frameBytes, imageBytes } from './frame';
import { type ConvolutionGeometry, frameIsInside } from './geometry';
import { bytesPerFloat, bytesPerVector, cut, lanes, type Piece, planTiling, tile, vectorsFor } from '../tile';
import { horizontal, reaching, vertical } from '../windows';

// Half of a small first-level data cache, for what one pass over all tiles reads repeatedly.
const cacheBytes = 16_384;

/** Neighbouring pieces of one size. */
interface Group extends Piece {
  count: number;
  /** The positions of the output that reach them, of pieces of the taps. */
  readonly window: { readonly start: number; readonly end: number } | null;
}

/** Variables of a kernel that hold addresses. */
interface TileAddresses {
  readonly image: Local;
  readonly dy: Local;
  readonly allSums: Local;
  readonly float: Local;
  readonly vector: Local;
  readonly sums: Local;
  readonly rowSums: Local;
}

/**
 * Writes the kernel `run(x, dy, dw, scratch, batch)` for the gradient of a convolution with respect to its filters:
 *
 * dw[i, j, c, o] = Σ over n, y, x of frame[n, y·stride + i, x·stride + j, c] · dy[n, y, x, o]
 *
 * For one filter row i, the taps (j, c) of a position are adjacent in memory, so the sum is an outer product of two
 * contiguous pieces, accumulated in registers over many positions. Whichever piece fills the vector lanes better
 * provides the vectors. Positions where the taps of a tile lie outside the image are left out.
 */
export function writeFilterGradient(g: ConvolutionGeometry): { module: ModuleWriter; scratchBytes: number } {
  const module = new ModuleWriter();
  const taps = g.filterWidth * g.inChannels;
  const inPlace = frameIsInside(g);
  const rowBytes = (inPlace ? g.inWidth : g.frameWidth) * g.inChannels * bytesPerFloat;
  const waste = (count: number): number => (vectorsFor(count) * 4) / count;
  const tapsAsVectors = waste(taps) < waste(g.outChannels);

  // The accumulators: [rows of the outer product, filter rows when taps are vectors, vectors].
  const rowCount = tapsAsVectors ? g.outChannels : taps;
  const vectorCount = vectorsFor(tapsAsVectors ? taps : g.outChannels);
  const vectorBytes = vectorCount * bytesPerVector;
  const sumRowBytes = tapsAsVectors ? g.filterHeight * vectorBytes : vectorBytes;
  const sumBytes = g.filterHeight * rowCount * vectorBytes;
  const tiling = planTiling(rowCount, vectorCount);

  const input = { step: g.strideWidth * g.inChannels * bytesPerFloat, row: g.strideHeight * rowBytes };
  const output = { step: g.outChannels * bytesPerFloat, row: g.outWidth * g.outChannels * bytesPerFloat };
  const [floats, vectors] = tapsAsVectors ? [output, input] : [input, output];

  const tiles = new Map<string, WasmFunction>();
  const tileFor = (rows: number, columns: number): WasmFunction => {
    const key = `${rows}×${columns}`;
    const known = tiles.get(key);
    if (known !== undefined) return known;
    const written = module.define(
      7,
      (writer, float, vector, sums, imageRows, width, floatSkip, vectorSkip) => {
        const { accumulators, step, clear } = tile(writer, rows, columns);
        const rowOffsets = Array.from({ length: rows }, (_, i) => i * bytesPerFloat);
        const columnOffsets = Array.from({ length: columns }, (_, j) => j * bytesPerVector);
        const each = (visit: (sum: Local, offset: number) => Code): Code =>
          sequence(
            ...accumulators.flatMap((row, i) =>
              row.map((sum, j) => visit(sum, i * sumRowBytes + j * bytesPerVector)),
            ),
          );
        return sequence(
          clear(),
          writer.repeat(
            imageRows.get,
            sequence(
              writer.repeat(
                width.get,
                sequence(
                  step(float.get, rowOffsets, vector.get, columnOffsets),
                  float.advance(floats.step),
                  vector.advance(vectors.step),
                ),
              ),
              float.set(i32.add(float.get, floatSkip.get)),
              vector.set(i32.add(vector.get, vectorSkip.get)),
            ),
          ),
          // Sums of sums: rounding errors grow with the square root of the two counts, not of their product.
          each((sum, offset) =>
            f32x4.store(sums.get, f32x4.add(f32x4.load(sums.get, offset), sum.get), offset),
          ),
        );
      },
    );
    tiles.set(key, written);
    return written;
  };

  /** Pieces of the taps, in groups that the border of the image cuts off in the same way, and pieces of the channels. */
  const groupsOf = (pieces: readonly Piece[], areTaps: boolean, scale: number): Group[] => {
    const groups: Group[] = [];
    for (const { start, size } of pieces) {
      const window = areTaps
        ? reaching(
            horizontal(g),
            Math.floor((start * scale) / g.inChannels),
            Math.floor((Math.min(taps, (start + size) * scale) - 1) / g.inChannels),
          )
        : null;
      const last = groups.at(-1);
      if (last?.size === size && last.window?.start === window?.start && last.window?.end === window?.end)
        last.count += 1;
      else groups.push({ start, size, count: 1, window });
    }
    return groups;
  };
  const rowGroups = groupsOf(tiling.rows, !tapsAsVectors, 1);
  const vectorGroups = groupsOf(tiling.vectors, tapsAsVectors, lanes);

  /**
   * All tiles over some rows of the output. Those of a group are gone through in a loop: written out, a layer of a
   * ResNet-50 would take more code than an engine allows a function.
   */
  const allTiles = (writer: FunctionWriter, at: TileAddresses, rows: Piece): Code => {
    const parts: Code[] = [];
    for (let filterRow = 0; filterRow < g.filterHeight; filterRow++) {
      const live = reaching(vertical(g), filterRow, filterRow);
      const top = Math.max(rows.start, live.start);
      const height = Math.min(rows.start + rows.size, live.end) - top;
      for (const row of rowGroups) {
        for (const column of vectorGroups) {
          const { start: left, end: right } = (row.window ?? column.window)!;
          const width = right - left;
          if (height <= 0 || width <= 0) continue;
          const xOffset = top * input.row + filterRow * rowBytes + left * input.step;
          const dyOffset = top * output.row + left * output.step;
          const x = i32.add(at.image.get, i32.constant(xOffset));
          const d = i32.add(at.dy.get, i32.constant(dyOffset));
          const [float, vector] = tapsAsVectors ? [d, x] : [x, d];
          const call = tileFor(row.size, column.size).call(
            at.float.get,
            at.vector.get,
            at.sums.get,
            i32.constant(height),
            i32.constant(width),
            i32.constant(floats.row - width * floats.step),
            i32.constant(vectors.row - width * vectors.step),
          );
          parts.push(
            at.float.set(i32.add(float, i32.constant(row.start * bytesPerFloat))),
            at.rowSums.set(i32.add(at.allSums.get, i32.constant(sumOffset(filterRow, row, column)))),
            writer.repeat(
              row.count,
              sequence(
                at.vector.set(i32.add(vector, i32.constant(column.start * bytesPerVector))),
                at.sums.set(at.rowSums.get),
                writer.repeat(
                  column.count,
                  sequence(
                    call,
                    at.vector.advance(column.size * bytesPerVector),
                    at.sums.advance(column.size * bytesPerVector),
                  ),
                ),
                at.float.advance(row.size * bytesPerFloat),
                at.rowSums.advance(row.size * sumRowBytes),
              ),
            ),
          );
        }
      }
    }
    return sequence(...parts);
  };
  const sumOffset = (filterRow: number, row: Piece, column: Piece): number =>
    (tapsAsVectors ? filterRow * vectorBytes : filterRow * taps * vectorBytes) +
    row.start * sumRowBytes +
    column.start * bytesPerVector;

  const bytesPerOutputRow = input.row + output.row;
  const chunks = cut(g.outHeight, Math.max(1, Math.floor(cacheBytes / bytesPerOutputRow)));

  module.define(
    5,
    (writer, x, dy, dw, scratch, batch) => {
      const frame = writer.local('i32');
      const [float, vector, sums, rowSums] = writer.locals(4, 'i32') as [Local, Local, Local, Local];
      const at = { image: frame, dy, allSums: scratch, float, vector, sums, rowSums };
      return sequence(
        frame.set(i32.add(scratch.get, i32.constant(sumBytes))),
        memory.fill(scratch.get, 0, i32.constant(sumBytes + (inPlace ? 0 : frameBytes(g)))),
        writer.repeat(
          batch.get,
          sequence(
            inPlace ? frame.set(x.get) : copyIntoFrame(writer, g, x.get, frame.get),
            ...chunks.map((rows) => allTiles(writer, at, rows)),
            x.advance(imageBytes(g)),
            dy.advance(g.outHeight * output.row),
          ),
        ),
        pack(writer, dw, scratch),
      );
    },
    'run',
  );

  /** Copies the sums to dw, without the padding lanes. */
  function pack(writer: FunctionWriter, dw: Local, sums: Local): Code {
    const tap = writer.local('i32');
    const value = writer.local('i32');
    const tapBytes = tapsAsVectors ? bytesPerFloat : vectorBytes;
    const channelBytes = tapsAsVectors ? sumRowBytes : bytesPerFloat;
    const filterRowBytes = tapsAsVectors ? vectorBytes : taps * vectorBytes;
    return writer.repeat(
      g.filterHeight,
      sequence(
        tap.set(sums.get),
        writer.repeat(
          taps,
          sequence(
            value.set(tap.get),
            writer.repeat(
              g.outChannels,
              sequence(
                f32.store(dw.get, f32.load(value.get)),
                value.advance(channelBytes),
                dw.advance(bytesPerFloat),
              ),
            ),
            tap.advance(tapBytes),
          ),
        ),
        sums.advance(filterRowBytes),
      ),
    );
  }

  return { module, scratchBytes: sumBytes + (inPlace ? 0 : frameBytes(g)) + bytesPerVector };
}
