import { count } from '@earlyexit/core/format';
import type { WorkSummary } from '../terminal/show-work';

/** Tells how long the images of a split took. */
export const ranImages: WorkSummary = ({ what, done }, time) => {
  const [, role] = /^running (calibration|test) images$/.exec(what) ?? [];
  return role === undefined ? undefined : `ran ${count(done)} ${role} images in ${time}`;
};
