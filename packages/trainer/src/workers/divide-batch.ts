// Below this a part would cost more in starting kernels than in computing, and batch normalisation, which looks at a
// part alone, would have too little to average over.
const smallestPart = 4;

/** Rows `start … end − 1` of a batch. */
export interface BatchPart {
  readonly start: number;
  readonly end: number;
}

/** How many workers can share a batch: each gets at least `smallestPart` samples. */
export function mostWorkers(batchSize: number): number {
  return Math.max(1, Math.floor(batchSize / smallestPart));
}

/** What is wrong with so many workers for a batch: the parts of an error; null if nothing is. */
export function workersProblem(
  workers: number,
  batchSize: number,
): { readonly rule: string; readonly received: string; readonly remedy: string } | null {
  const most = mostWorkers(batchSize);
  if (workers <= most) return null;
  return {
    rule: `each worker needs at least ${smallestPart} samples of a batch, so batches of ${batchSize} take ${most} at most`,
    received: String(workers),
    remedy: 'Take fewer workers, or larger batches',
  };
}

/**
 * Cuts a batch into neighbouring parts that differ by at most one row, the first being among the smallest: one for each
 * worker, or fewer if the batch is short. It depends on the two numbers alone, as the sums that follow from it must.
 */
export function divideBatch(rows: number, workers: number): BatchPart[] {
  const parts = Math.min(workers, mostWorkers(rows));
  return Array.from({ length: parts }, (_, part) => ({
    start: Math.floor((rows * part) / parts),
    end: Math.floor((rows * (part + 1)) / parts),
  }));
}
