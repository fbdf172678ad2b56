import { ArgumentError, DataError, type WorkOptions } from '@earlyexit/core';
import { type CachedLogits, shareOfSameAnswers } from '@earlyexit/exit-criteria';

/** What int8 does to one exit's answers. */
export interface ExitAgreement {
  readonly name: string;
  /** The share of images that get the same class as in float32 at this exit, 0 to 1. */
  readonly share: number;
}

/** Below this an exit deserves a look: a trained network agrees on 97 to 99 of a hundred images. */
export const WARN_BELOW_AGREEMENT = 0.95;
/** Below this something is broken: no rounding changes one answer in five. */
export const DEFAULT_MIN_AGREEMENT = 0.8;

/**
 * Compares the answers of an int8 network with those in float32.
 *
 * @param minAgreement the smallest share that passes; 0 accepts any
 * @param caller the function that was called, for errors
 * @throws DataError if an exit is below; ArgumentError for a share that is not from 0 to 1
 */
export function checkAgreement(
  { float32, int8 }: { readonly float32: CachedLogits; readonly int8: CachedLogits },
  { name: network, exits }: { readonly name: string; readonly exits: readonly { readonly name: string }[] },
  minAgreement: number = DEFAULT_MIN_AGREEMENT,
  onNote?: WorkOptions['onNote'],
  caller = 'quantizeModel',
): ExitAgreement[] {
  const argument = { function: caller, argument: 'minAgreement' };
  if (!(minAgreement >= 0 && minAgreement <= 1)) {
    throw new ArgumentError({
      ...argument,
      rule: 'it is a share from 0 to 1',
      received: String(minAgreement),
    });
  }
  const agreement = exits.map(({ name }, exit) => ({
    name,
    share: shareOfSameAnswers(int8.exits[exit]!, float32.exits[exit]!, int8.classes),
  }));
  if (minAgreement === 0) return agreement;
  const below = (bound: number): string =>
    agreement
      .filter(({ share }) => share < bound)
      .map(({ name, share }) => `${name} on ${shown(share)}`)
      .join(', ');
  const failing = below(minAgreement);
  if (failing !== '') {
    throw new DataError({
      ...argument,
      rule: `in int8 every exit of ${network} gives the class that it gives in float32 to at least ${shown(minAgreement)} of the images`,
      received: failing,
      remedy:
        'Export it in float32, look for a layer with a channel that is far larger than the others, or allow less',
    });
  }
  const low = below(WARN_BELOW_AGREEMENT);
  if (low !== '') {
    onNote?.({
      level: 'warning',
      text: `int8 changes answers: the class is that of float32 at ${low} of the images (below ${shown(WARN_BELOW_AGREEMENT)})`,
    });
  }
  return agreement;
}

/** Rounded down, so that a share below its bound never looks as if it reached it. */
function shown(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
