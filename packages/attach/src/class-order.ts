import { ArgumentError, DataError, type WorkOptions } from '@earlyexit/core';
import { percent } from '@earlyexit/core/format';

/** How often two give the same answer, and how often they would if the classes of one stood in another order. */
export interface OrderedAgreement {
  /** Share of the samples with the same answer. */
  readonly same: number;
  /** The same, where every class of the one is the class of the other that it goes together with most often. */
  readonly mapped: number;
  /** The class of the other for each class of the one. */
  readonly order: Int32Array;
  readonly samples: number;
}

/** A gain by another order that is worth a word; with many images of each class chance does not give it. */
const ODD_GAIN = 0.05;
const MANY_A_CLASS = 20;
/** A gain that chance never gives. */
const CERTAIN_GAIN = 0.2;
/** More classes than these are not listed. */
const MOST_LISTED = 20;

/**
 * Holds the answers of two against each other, in every order of the classes: the pairs that occur most often are taken
 * for the same class.
 *
 * @param one a class a sample
 * @param other of the same samples
 */
export function agreementInOrder(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  classes: number,
): OrderedAgreement {
  const pairs = new Map<number, number>();
  for (let sample = 0; sample < one.length; sample++) {
    const pair = one[sample]! * classes + other[sample]!;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  const isSame = (pair: number): boolean => Math.floor(pair / classes) === pair % classes;
  const order = new Int32Array(classes).fill(-1);
  const taken = new Set<number>();
  let [same, mapped] = [0, 0];
  // Of pairs as frequent as each other, the same class first.
  const ranked = [...pairs].sort(([a, n], [b, m]) => m - n || Number(isSame(b)) - Number(isSame(a)));
  for (const [pair, count] of ranked) {
    const [from, to] = [Math.floor(pair / classes), pair % classes];
    if (from === to) same += count;
    if (order[from] !== -1 || taken.has(to)) continue;
    order[from] = to;
    taken.add(to);
    mapped += count;
  }
  // Classes that nobody answered with: their own place, or the next that is free.
  const free = order.map((_, place) => place).filter((place) => !taken.has(place));
  order.forEach((to, from) => {
    if (to !== -1) return;
    const place = Math.max(0, free.indexOf(from));
    order[from] = free[place]!;
    free.copyWithin(place, place + 1);
  });
  return { same: same / one.length, mapped: mapped / one.length, order, samples: one.length };
}

/**
 * Refuses classes that stand in another order.
 *
 * @param of what goes together: a network and another, or a network and labels
 * @throws DataError if another order explains far more of the answers
 */
export function requireOrder(
  { same, mapped, order, samples }: OrderedAgreement,
  of: {
    readonly where: string;
    readonly function: string;
    readonly argument: string;
    readonly remedy: string;
  },
  { onNote }: WorkOptions,
): void {
  if (mapped - same < ODD_GAIN) return;
  const listed = order.length > MOST_LISTED ? 'another order' : `the order ${order.join(', ')}`;
  const text = `the same class for ${percent(same, 1)} of the images, and for ${percent(mapped, 1)} with the classes in ${listed}`;
  if (mapped - same < (samples < MANY_A_CLASS * order.length ? CERTAIN_GAIN : ODD_GAIN)) {
    onNote?.({ level: 'warning', text: `${of.where}: ${text}: look at the order of the classes` });
    return;
  }
  throw new DataError({ ...of, rule: 'both have the same classes in the same order', received: text });
}

/**
 * Where the classes of one list stand in another.
 *
 * @returns for each class of `wanted` its place in `own`
 * @throws ArgumentError unless both hold the same names, each once
 */
export function placesOfClasses(
  own: readonly string[],
  wanted: readonly string[] | undefined,
  of: { readonly function: string; readonly argument: string },
): number[] {
  const places = new Map(own.map((name, place) => [name, place]));
  const missing = wanted?.find((name) => !places.has(name));
  if (
    wanted !== undefined &&
    missing === undefined &&
    places.size === wanted.length &&
    own.length === wanted.length
  )
    return wanted.map((name) => places.get(name)!);
  throw new ArgumentError({
    ...of,
    rule: 'the classes of a network are those of the last one, in an order of its own',
    received:
      wanted === undefined
        ? 'no classes of the last one'
        : missing === undefined
          ? `${own.length} names, ${places.size} different ones, for ${wanted.length} classes`
          : `no ${missing} among ${own.slice(0, 10).join(', ')}`,
  });
}
