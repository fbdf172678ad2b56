import { runnable, type RunnableCommand } from '../command';
import type { CommandDefinition } from '../command-definition';
import { benchCommand } from './bench';
import { calibrateCommand } from './calibrate/definition';
import { criteria } from './criteria/options';
import { datasets } from './datasets/options';
import { doctor } from './doctor/options';
import { engine } from './engine/options';
import { evaluateCommand } from './evaluate';
import { exportCommand } from './export';
import { models } from './models/options';
import { predictCommand } from './predict';
import { profile } from './profile/options';
import { quickstartCommand } from './quickstart';
import { report } from './report/options';
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
  runnable(report, () => import('./report/run')),
  runnable(models, () => import('./models/run')),
  runnable(datasets, () => import('./datasets/run')),
  runnable(criteria, () => import('./criteria/run')),
  runnable(doctor, () => import('./doctor/run')),
  runnable(engine, () => import('./engine/run')),
];
