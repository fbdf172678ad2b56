import type { ExitPolicy, PromisedPolicy, PromiseMetadata } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import type { Classification } from './classify-images';
import { watchAnswers } from './watch-answers';

const calibration = inventLogits({ samples: 1000, seed: 1 });
const policy: ExitPolicy = { criterion: 'max-probability', thresholds: [0.8, 0.8] };
const promised = (promise: Partial<PromiseMetadata>): PromisedPolicy => ({
  ...policy,
  promise: { risk: 0.02, delta: 0.1, statement: 'it holds', ...promise } as PromiseMetadata,
});

const answer = (parts: Partial<Classification>): Classification => ({
  ...{ input: 'a.png', class: 0, label: 'cat', probability: 0.9, exit: 0, exitName: 'exit0' },
  ...{ score: 0.9, macs: 20, latencyMs: 1, ...parts },
});

function watched(
  options: Omit<Parameters<typeof watchAnswers>[1], 'onNote'>,
  under: PromisedPolicy = policy,
) {
  const said: string[] = [];
  const onNote = ({ level, text }: { level: string; text: string }): unknown => said.push(`${level} ${text}`);
  return { said, ...watchAnswers(under, { ...options, onNote }) };
}

it('says nothing and checks nothing where nothing is asked', () => {
  const { said, observe, finish, recheck } = watched({});
  observe(answer({}));
  finish();
  expect({ said, recheck }).toEqual({ said: [], recheck: undefined });
});

it('warns once in a stream that shifts, at the image where it was seen, and looks at the whole in the end', () => {
  const { said, observe, finish } = watched({ stream: calibration, end: calibration });
  for (let i = 0; i < 300; i++) observe(answer({ input: `${String(i)}.png`, exit: 2, class: 3, score: 0.2 }));
  observe(answer({ class: null, exit: null, score: null, error: 'unreadable' }));
  finish();
  expect(said[0]).toMatch(/^note monitor: .*1000/);
  expect(said.filter((text) => /^warning at \d+\.png: The stream has shifted/.test(text))).toHaveLength(1);
  expect(said.at(-1)).toMatch(/^warning .*shift/i);
});

it('checks one answer in so many, and those whose class is known, and warns when too much is lost', () => {
  const labels = (input: string): number | null => (input === '7.png' ? 1 : null);
  const gap = watched({ recheck: 5, labels }, promised({ loss: 'gap' }));
  expect([0, 3, 5].map((index) => gap.recheck?.(index, 'a.png'))).toEqual([true, false, true]);
  expect(gap.recheck?.(7, '7.png')).toBe(true);
  const { said, observe, finish } = watched({ recheck: 1 }, promised({ loss: 'consistency' }));
  for (let i = 0; i < 300; i++) observe(answer({ finalClass: i % 5 === 0 ? 1 : 0 }));
  finish();
  expect(said.filter((text) => text.startsWith('warning at a.png: More is lost'))).toHaveLength(1);
  expect(said.at(-1)).toMatch(/^note monitor: /);
});

it('refuses to watch what was not promised, or cannot be seen by what is given', () => {
  expect(() => watched({ recheck: 5 })).toThrow('watchAnswers({ recheck }): the loss that was promised');
  expect(() => watched({ recheck: 5 }, promised({ loss: 'gap' }))).toThrow('takes the true classes');
  expect(() => watched({ labels: () => 0 }, promised({ loss: 'consistency' }))).toThrow('takes no labels');
});
