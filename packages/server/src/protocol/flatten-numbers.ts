import { describeValue } from '@earlyexit/core';
import { wrongRequest } from '../http/refusal';

/** Lists in lists: a tensor has no more axes. */
const DEEPEST = 16;

/**
 * The numbers of a list, flat or nested as its tensor's axes are, in order.
 *
 * @throws Refusal if something in it is no number of the kind, or they are not as many as there should be
 */
export function flattenNumbers(
  data: readonly unknown[],
  { where, length, isBytes }: { readonly where: string; readonly length: number; readonly isBytes: boolean },
): Float32Array | Uint8Array {
  const values = isBytes ? new Uint8Array(length) : new Float32Array(length);
  const rule = isBytes ? 'its data are whole numbers from 0 to 255' : 'its data are numbers';
  let at = 0;
  const read = (list: readonly unknown[], depth: number): void => {
    for (const value of list) {
      if (Array.isArray(value) && depth < DEEPEST) {
        read(value as readonly unknown[], depth + 1);
        continue;
      }
      if (typeof value !== 'number' || (isBytes && !isByte(value))) {
        throw wrongRequest({ where, rule, received: `${describeValue(value)} at place ${at}` });
      }
      // Behind the end nothing is written, and it is counted all the same.
      if (at < length) values[at] = value;
      at++;
    }
  };
  read(data, 1);
  if (at === length) return values;
  throw wrongRequest({
    where,
    rule: `its data are as many numbers as its shape says, ${length}`,
    received: `${at} numbers`,
  });
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}
