import type { CommandDefinition } from '../command-definition';
import { criteriaCommand } from './criteria';
import { datasetsCommand } from './datasets';
import { modelsCommand } from './models';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly CommandDefinition[] = [modelsCommand, datasetsCommand, criteriaCommand];
