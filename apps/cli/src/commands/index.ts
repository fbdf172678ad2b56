import { runnable, type RunnableCommand } from '../command';
import type { CommandDefinition } from '../command-definition';
import { benchCommand } from './bench';
import { calibrateCommand } from './calibrate/definition';
import { criteria } from './criteria/options';
import { datasetsCommand } from './datasets';
import { doctorCommand } from './doctor';
import { engineCommand } from './engine';
import { evaluateCommand } from './evaluate';
import { exportCommand } from './export';
import { models } from './models/options';
import { predictCommand } from './predict';
import { profile } from './profile/options';
import { quickstartCommand } from './quickstart';
import { reportCommand } from './report';
import { trainCommand } from './train';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly (RunnableCommand | CommandDefinition)[] = [
  quickstartCommand,
  trainCommand,
  calibrateCommand,
  evaluateCommand,
  predictCommand,
  runnable(profile, () => import('./profile/run')),
  exportCommand,
  benchCommand,
  reportCommand,
  runnable(models, () => import('./models/run')),
  datasetsCommand,
  runnable(criteria, () => import('./criteria/run')),
  doctorCommand,
  engineCommand,
];
