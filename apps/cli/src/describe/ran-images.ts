import { count } from '@earlyexit/core/format';
import type { Invocation } from '../command';
import { showing, type WorkSummary } from '../terminal/show-work';

/** Runs a function that takes the images of a split through a network, and tells how long they took; see `showing`. */
export function showingImages<Result>(
  { output, signal }: Pick<Invocation, 'output' | 'signal'>,
  action: Parameters<typeof showing<Result>>[2],
): Promise<Result> {
  return showing(output, signal, action, ranImages);
}

const ranImages: WorkSummary = ({ what, done }, time) => {
  const [, role] = /^running (calibration|test) images$/.exec(what) ?? [];
  return role === undefined ? undefined : `ran ${count(done)} ${role} images in ${time}`;
};
