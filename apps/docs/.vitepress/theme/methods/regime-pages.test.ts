import {
  annealedDistill,
  beYourOwnTeacher,
  boosted,
  cascade,
  distill,
  frozen,
  gradientEquilibrium,
  joint,
  mixed,
  type Regime,
  type TrainingPhase,
  shallowDeep,
  twoStage,
  zeroTimeWaste,
} from '@earlyexit/trainer';
import { describe, expect, it } from 'vitest';
import { phaseRow } from '../../../methods/phase-row';
import { regimePages } from '../../../methods/regime-pages';

const regimes: readonly Regime[] = [
  annealedDistill(),
  beYourOwnTeacher(),
  boosted(),
  cascade(),
  distill(),
  frozen(),
  gradientEquilibrium(),
  joint(),
  mixed(),
  shallowDeep(),
  twoStage(),
  zeroTimeWaste(),
];

/** What a page calls what a phase trains, and which exits it computes. */
function drawn({ epochs, trains, exits }: TrainingPhase) {
  const head = typeof trains === 'object' ? `head ${trains.head + 1}` : null;
  return {
    epochs,
    trains: head ?? (trains === 'everything' ? 'everything' : `the ${trains as string}`),
    exits:
      typeof exits === 'object'
        ? `exit ${exits.exit + 1}`
        : { all: 'all exits', early: 'the early exits', final: 'the final exit' }[exits],
  };
}

describe.each(regimePages)('the page of $name', ({ name, idea, phases, code }) => {
  it('draws what the regime does in ten epochs', () => {
    const regime = regimes.find((each) => each.name === name)!;
    const combination = ({ boosted: 'boosted', 'zero-time-waste': 'cascaded' } as const)[name] ?? null;
    const context = { epochs: 10, earlyExits: 2, lossWeights: () => [1, 1, 1], combination };
    expect(regime.phases(context).map(drawn)).toEqual(phases);
  });

  it('says the idea in three sentences, and a call that there is', () => {
    expect(idea.match(/[.]( |$)/g)).toHaveLength(3);
    const called = code.slice(0, code.indexOf('('));
    expect(called).toBe(name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()));
  });
});

it('counts one epoch, and several', () => {
  const ensembles = { epochs: 1, trains: 'the ensembles', exits: 'the early exits' };
  const row = phaseRow([ensembles, { ...ensembles, epochs: 4 }], 'five');
  expect(row.match(/[0-9]+ epochs?/g)).toEqual(['1 epoch', '4 epochs']);
});

it('there is a page for each of these, in alphabetical order', () => {
  expect(regimePages.map(({ name }) => name)).toEqual(regimes.map(({ name }) => name));
});
