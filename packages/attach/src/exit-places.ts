import { DataError, nearestName } from '@earlyexit/core';
import type { ForeignCut, ForeignNetwork } from '@earlyexit/onnx/foreign';
import { poolingOf } from './heads/pooling';

/** Places that are tried where nobody names them. */
const MOST_CANDIDATES = 8;
/** An earlier exit is never sure, a later one saves nothing. */
const [EARLIEST, LATEST] = [0.08, 0.9];
/** Two places closer than this, as a share of the network's cost, are as good as one. */
const WINDOW = 0.05;

/** The tensor that an exit reads: the newest of those that are carried on. */
export function readAt({ tensors }: ForeignCut): string {
  return tensors.at(-1)!;
}

/** Places where a head can read, and what is carried on is one tensor. */
function usable({ cuts, tensors }: ForeignNetwork): ForeignCut[] {
  return cuts.filter((cut) => cut.tensors.length === 1 && poolingOf(tensors.get(readAt(cut))!) !== null);
}

/**
 * Places to try, spread evenly over the cost of a network; of those near each other the one behind an activation, with
 * the least to carry on.
 */
export function candidatePlaces(network: ForeignNetwork): ForeignCut[] {
  const open = usable(network).filter(
    ({ macs }) => macs >= EARLIEST * network.macs && macs <= LATEST * network.macs,
  );
  const chosen = new Set<ForeignCut>();
  for (let i = 0; i < MOST_CANDIDATES; i++) {
    const aim = EARLIEST + ((LATEST - EARLIEST) * (i + 0.5)) / MOST_CANDIDATES;
    const near = open.filter(({ macs }) => Math.abs(macs / network.macs - aim) <= WINDOW);
    const least = Math.min(...near.map(({ bytes }) => bytes));
    // Behind the last of the nodes that cost nothing: an activation, an addition.
    const best = near.filter(({ bytes }) => bytes === least).at(-1);
    if (best !== undefined) chosen.add(best);
  }
  return [...chosen].sort((a, b) => a.after - b.after);
}

/**
 * Places that somebody named: by a tensor, or by a share of the network's cost, `30%`.
 *
 * @throws DataError for a tensor that is not there, or where more than one is alive
 */
export function namedPlaces(network: ForeignNetwork, names: readonly string[], where: string): ForeignCut[] {
  const open = usable(network);
  const examples = candidatePlaces(network).slice(0, 3).map(readAt).join(', ');
  const places = names.map((name) => {
    const share = /^(\d+(?:\.\d+)?) ?%$/.exec(name);
    if (share !== null && open.length > 0) {
      const aim = (Number(share[1]) / 100) * network.macs;
      return open.reduce((a, b) => (Math.abs(b.macs - aim) <= Math.abs(a.macs - aim) ? b : a));
    }
    const found = open.filter((cut) => readAt(cut) === name).at(-1);
    if (found !== undefined) return found;
    const near = nearestName(name, open.map(readAt));
    throw new DataError({
      where,
      rule: 'an exit is at a share of the cost, such as 30%, or behind a tensor that alone is carried on',
      received: name,
      remedy: near === null ? `For instance: ${examples}` : `Perhaps ${near} was meant`,
    });
  });
  return [...new Set(places)].sort((a, b) => a.after - b.after);
}
