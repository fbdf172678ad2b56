/** What an exit costs whoever leaves there, and whoever goes on. */
export interface ExitEconomy {
  /** Leaving there, as a share of the network without exits. */
  readonly leaving: number;
  /** Going all the way: above 1, for the head is computed in vain. */
  readonly goingOn: number;
  /** The share of samples that have to leave, from which on there is a gain; null where there never is. */
  readonly paysFrom: number | null;
}

/**
 * What one exit costs.
 *
 * @param exitMacs multiply-accumulates of leaving at the exit, and of going all the way past it
 * @param staticMacs those of the network without exits
 */
export function exitEconomy([early, late]: readonly [number, number], staticMacs: number): ExitEconomy {
  const [leaving, goingOn] = [early / staticMacs, late / staticMacs];
  const paysFrom = leaving >= 1 ? null : (goingOn - 1) / (goingOn - leaving);
  return { leaving, goingOn, paysFrom };
}

/** The average cost if a share of the samples leaves, as a share of the network without exits. */
export function averageCost({ leaving, goingOn }: ExitEconomy, share: number): number {
  return share * leaving + (1 - share) * goingOn;
}
