/** The cheapest choice found for every number of right answers. */
export interface Frontier {
  /**
   * `[samples + 1]`, the summed cost of the cheapest choice with that many right answers; Infinity if none is known.
   */
  readonly cost: Float64Array;
  /** `[samples + 1, early exits]`, its positions. */
  readonly positions: Int32Array;
  /** `[samples + 1]`, for the local search: 1 once its neighbours have been looked at. */
  readonly explored: Uint8Array;
}

/** A frontier that knows no choice yet. */
export function createFrontier(samples: number, earlyExits: number): Frontier {
  return {
    cost: new Float64Array(samples + 1).fill(Infinity),
    positions: new Int32Array((samples + 1) * earlyExits),
    explored: new Uint8Array(samples + 1),
  };
}

/** Records a choice if it is cheaper than any other with as many right answers. */
export function record(frontier: Frontier, right: number, cost: number, positions: Int32Array): void {
  if (cost >= frontier.cost[right]!) return;
  frontier.cost[right] = cost;
  frontier.positions.set(positions, right * positions.length);
  frontier.explored[right] = 0;
}

/** The numbers of right answers at which no other choice is both as good and as cheap; the cheapest choice first. */
export function paretoOptimal(frontier: Frontier): number[] {
  const optimal: number[] = [];
  let cheapest = Infinity;
  for (let right = frontier.cost.length - 1; right >= 0; right--) {
    if (frontier.cost[right]! >= cheapest) continue;
    cheapest = frontier.cost[right]!;
    optimal.push(right);
  }
  return optimal.reverse();
}
