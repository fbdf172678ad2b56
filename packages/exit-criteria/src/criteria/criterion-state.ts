/**
 * What a criterion remembers from exit to exit (patience, ensemble), one row per sample. It travels with the samples:
 * when a batch shrinks, `selectRows` shrinks the state with it.
 */
export interface CriterionState {
  /** Named columns, each `[batch, width]`, row-major. */
  readonly rows: Readonly<Record<string, CriterionStateColumn>>;
}

/** One named column of a state: `[batch, width]`, row-major. */
export interface CriterionStateColumn {
  readonly data: Float64Array;
  readonly width: number;
}

/** The state of the samples `rows`, in that order; `null` stays `null`. */
export function selectRows(state: CriterionState | null, rows: Int32Array): CriterionState | null {
  if (state === null) return null;
  const selected: Record<string, CriterionStateColumn> = {};
  for (const [name, { data, width }] of Object.entries(state.rows)) {
    const kept = new Float64Array(rows.length * width);
    rows.forEach((row, i) => {
      kept.set(data.subarray(row * width, (row + 1) * width), i * width);
    });
    selected[name] = { data: kept, width };
  }
  return { rows: selected };
}
