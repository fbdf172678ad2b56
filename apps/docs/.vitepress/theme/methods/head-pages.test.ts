import { listHeads } from '@earlyexit/branch-head';
import { expect, it } from 'vitest';
import { headPages } from '../../../methods/head-pages';

it('there is a page for every head, in alphabetical order', () => {
  expect(headPages.map(({ name }) => name)).toEqual(
    listHeads()
      .map(({ name }) => name)
      .sort(),
  );
});

it.each(headPages)('$name says its idea in three sentences', ({ idea }) => {
  expect(idea.match(/[.]( |$)/g)).toHaveLength(3);
});
