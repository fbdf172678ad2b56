import { runnable, type RunnableCommand } from '../command';
import { attach } from './attach/options';
import { bench } from './bench/options';
import { boundary } from './boundary/options';
import { calibrate } from './calibrate/options';
import { cascade } from './cascade/options';
import { criteria } from './criteria/options';
import { datasets } from './datasets/options';
import { deploy } from './deploy/options';
import { doctor } from './doctor/options';
import { engine } from './engine/options';
import { evaluate } from './evaluate/options';
import { exportNetwork } from './export/options';
import { importNetwork } from './import/options';
import { models } from './models/options';
import { predict } from './predict/options';
import { profile } from './profile/options';
import { quickstart } from './quickstart/options';
import { report } from './report/options';
import { reproduce } from './reproduce/options';
import { results } from './results/options';
import { serve } from './serve/options';
import { train } from './train/options';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly RunnableCommand[] = [
  runnable(quickstart, () => import('./quickstart/run')),
  runnable(train, () => import('./train/run')),
  runnable(calibrate, () => import('./calibrate/run')),
  runnable(evaluate, () => import('./evaluate/run')),
  runnable(predict, () => import('./predict/run')),
  runnable(profile, () => import('./profile/run')),
  runnable(exportNetwork, () => import('./export/run')),
  runnable(attach, () => import('./attach/run')),
  runnable(cascade, () => import('./cascade/run')),
  runnable(importNetwork, () => import('./import/run')),
  runnable(serve, () => import('./serve/run')),
  runnable(deploy, () => import('./deploy/run')),
  runnable(bench, () => import('./bench/run')),
  runnable(report, () => import('./report/run')),
  runnable(reproduce, () => import('./reproduce/run')),
  runnable(results, () => import('./results/run')),
  runnable(boundary, () => import('./boundary/run')),
  runnable(models, () => import('./models/run')),
  runnable(datasets, () => import('./datasets/run')),
  runnable(criteria, () => import('./criteria/run')),
  runnable(doctor, () => import('./doctor/run')),
  runnable(engine, () => import('./engine/run')),
];
