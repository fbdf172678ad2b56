import { expect, it } from 'vitest';
import { checkClasses } from './check-classes';

const source = {
  name: 'image-folder',
  classes: ['tench', 'church'],
  classIds: ['n01440764', 'n03028079'],
};

it.each([source.classes, source.classIds])(
  'a network knows classes by their names, or as their folders are called: %s, %s',
  (...classes) => {
    expect(() => checkClasses({ name: 'mine', classes }, source)).not.toThrow();
  },
);

it.each([[['church', 'tench']], [['tench']], [['tench', 'n03028079']]])(
  'others are refused: %s',
  (classes) => {
    expect(() => checkClasses({ name: 'mine', classes }, source)).toThrow(/the data have the classes/);
  },
);
