import { listCriteria } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { criterionPages } from '../../../methods/criterion-pages';
import { criterionPoints } from './criterion-points';

it('there is a page for every criterion, in the same order', () => {
  expect(criterionPages.map(({ name }) => name)).toEqual(listCriteria().map(({ name }) => name));
});

it.each(criterionPages)(
  'the picture of $name shows both who leaves and who goes on',
  ({ name, threshold }) => {
    const points = criterionPoints(name, threshold);
    const leaving = points.filter(({ leaves }) => leaves).length / points.length;
    expect(leaving).toBeGreaterThan(0.1);
    expect(leaving).toBeLessThan(0.75);
    for (const { x, y, sureness } of points) {
      for (const value of [x, y, sureness]) {
        expect(value).toBeGreaterThanOrEqual(-1e-9);
        expect(value).toBeLessThanOrEqual(1 + 1e-9);
      }
    }
  },
);

it.each(criterionPages)('$name says its idea in three sentences', ({ idea }) => {
  expect(idea.match(/[.]( |$)/g)).toHaveLength(3);
});
