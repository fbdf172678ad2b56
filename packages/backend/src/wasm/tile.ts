import { type Code, f32x4, multiplyAdd, sequence } from './assembler/code';
import type { FunctionWriter, Local } from './assembler/module';
import { Memo } from './memo';

/** Floats in a vector register. */
export const lanes = 4;
export const bytesPerFloat = 4;
export const bytesPerVector = lanes * bytesPerFloat;

/** The number of vectors that hold `count` floats. */
export const vectorsFor = (count: number): number => Math.ceil(count / lanes);

/**
 * A block of an outer product, held in registers: rows × vectors accumulators. Every step multiplies one float per row,
 * spread over all lanes, by the vectors, and adds.
 */
export interface Tile {
  readonly accumulators: readonly (readonly Local[])[];
  /** One step: floats at `row + rowOffsets[i]`, vectors at `column + columnOffsets[j]` (bytes). */
  step(row: Code, rowOffsets: readonly number[], column: Code, columnOffsets: readonly number[]): Code;
  /** Sets every accumulator to zero. */
  clear(): Code;
}

export function tile(writer: FunctionWriter, rows: number, vectors: number): Tile {
  const accumulators = Array.from({ length: rows }, () => writer.locals(vectors, 'v128'));
  const columns = writer.locals(vectors, 'v128');
  const spread = writer.local('v128');
  return {
    accumulators,
    step: (row, rowOffsets, column, columnOffsets) =>
      sequence(
        ...columns.map((local, j) => local.set(f32x4.load(column, columnOffsets[j]))),
        ...accumulators.flatMap((sums, i) => [
          spread.set(f32x4.loadSplat(row, rowOffsets[i])),
          ...sums.map((sum, j) => sum.set(multiplyAdd(spread.get, columns[j]!.get, sum.get))),
        ]),
      ),
    clear: () => sequence(...accumulators.flat().map((sum) => sum.set(f32x4.zero))),
  };
}

/**
 * The starts, in floats, of the vectors that cover `count` floats (at least 4): the last one is moved back to end with
 * the row, overlapping the one before it, so that nothing beyond the row is touched.
 */
export function coveringVectors(count: number): number[] {
  return Array.from({ length: vectorsFor(count) }, (_, index) => Math.min(index * lanes, count - lanes));
}

/** A piece of a range. */
export interface Piece {
  readonly start: number;
  readonly size: number;
}

/** Cuts `0 … count` into as few pieces of at most `largest` as possible, whose sizes differ by one at most. */
export function cut(count: number, largest: number): Piece[] {
  const pieces = Math.ceil(count / largest);
  const small = Math.floor(count / pieces);
  const larger = count - small * pieces;
  return Array.from({ length: pieces }, (_, index) => ({
    start: index * small + Math.min(index, larger),
    size: small + (index < larger ? 1 : 0),
  }));
}

/** How an outer product of `rows` floats and `vectors` vectors is split into tiles. */
export interface Tiling {
  readonly rows: readonly Piece[];
  readonly vectors: readonly Piece[];
}

// The accumulators, the vectors, the spread float and a product take up all 16 vector registers of x86-64; the two
// widest shapes spill one register and were still the fastest of those tried.
const tileShapes = [
  [12, 1],
  [6, 2],
  [4, 3],
  [3, 4],
] as const;

const tilings = new Memo<Tiling>();

/** The cheapest split, counting the loads and arithmetic of a step. */
export function planTiling(rows: number, vectors: number): Tiling {
  return tilings.get(`${rows}×${vectors}`, () => computeTiling(rows, vectors));
}

function computeTiling(rows: number, vectors: number): Tiling {
  const plans = tileShapes.map(([mostRows, mostVectors]) => ({
    rows: cut(rows, mostRows),
    vectors: cut(vectors, mostVectors),
  }));
  const cost = (plan: Tiling): number => {
    let sum = 0;
    for (const row of plan.rows) {
      for (const vector of plan.vectors)
        sum += 2 * row.size * vector.size + row.size + vector.size + loopOverhead;
    }
    return sum;
  };
  return plans.reduce((best, plan) => (cost(plan) < cost(best) ? plan : best));
}

// Moving two pointers, counting and branching, in instructions.
const loopOverhead = 4;
