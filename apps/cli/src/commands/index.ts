import type { CommandDefinition } from '../command-definition';
import { benchCommand } from './bench';
import { calibrateCommand } from './calibrate/definition';
import { criteriaCommand } from './criteria';
import { datasetsCommand } from './datasets';
import { doctorCommand } from './doctor';
import { engineCommand } from './engine';
import { evaluateCommand } from './evaluate';
import { exportCommand } from './export';
import { modelsCommand } from './models';
import { predictCommand } from './predict';
import { profileCommand } from './profile';
import { quickstartCommand } from './quickstart';
import { reportCommand } from './report';
import { trainCommand } from './train';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly CommandDefinition[] = [
  quickstartCommand,
  trainCommand,
  calibrateCommand,
  evaluateCommand,
  predictCommand,
  profileCommand,
  exportCommand,
  benchCommand,
  reportCommand,
  modelsCommand,
  datasetsCommand,
  criteriaCommand,
  doctorCommand,
  engineCommand,
];
