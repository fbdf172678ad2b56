import { ArgumentError } from '@earlyexit/core';
import type { Invocation } from '../../command';
import { flagOf } from '../../options/declare-option';
import { type Contradiction, refuseTogether } from '../../options/refuse-together';
import { exportNetwork } from './options';

/** What is to be written, and where: a file, or a folder. */
export interface ExportPlan {
  readonly kind: 'conditional' | 'static' | 'staged' | 'folder';
  readonly target: string;
}

type Given = Invocation<typeof exportNetwork>['given'];
type Key = keyof Given;

const newThresholds = 'thresholds are set anew only where none are given and exits are written, for one aim';

const contradictions: readonly Contradiction<Key>[] = [
  ['folder', ['static', 'staged'], 'a model folder holds one graph with the exits inside'],
  [
    'staged',
    ['static', 'thresholdsAs', 'earlyexit', 'criterion'],
    'stages go into their folder and decide nothing themselves',
  ],
  [
    'static',
    ['thresholdsAs', 'earlyexit', 'criterion'],
    'a file without exits has no thresholds and no criterion',
  ],
  ['runtime', ['staged', 'static', 'folder'], 'it lays out one file with the exits inside'],
  ['maxAccuracyDrop', ['earlyexit', 'static', 'targetMacs'], newThresholds],
  ['targetMacs', ['earlyexit', 'static'], newThresholds],
];

const int8Options: readonly Key[] = ['dataset', 'dataDir', 'maxAccuracyDrop', 'targetMacs', 'minAgreement'];

/**
 * Reads from the options what is to be written, and refuses those that say nothing about it.
 *
 * @throws ArgumentError for options that contradict each other, and where the target is missing
 */
export function planExport(out: string | undefined, given: Given): ExportPlan {
  const has = (key: Key): boolean => given[key] !== undefined && given[key] !== false;
  const stray = int8Options.find(has);
  if (given.dtype !== 'int8' && stray !== undefined) {
    const remedy = 'Add --dtype int8, or leave it out';
    throw new ArgumentError({ where: flagOf(stray), rule: 'only int8 looks at images', remedy });
  }
  refuseTogether(given, exportNetwork.options, contradictions);
  const { folder, staged, thresholdsAs } = given;
  if (folder === true && thresholdsAs === 'input') {
    throw refused('folder', 'in a model folder thresholds are built in', '--thresholds-as input');
  }
  if (staged !== undefined) {
    if (out !== undefined) throw refused('staged', 'stages go into their own folder', out);
    return { kind: 'staged', target: staged };
  }
  if (out === undefined) {
    throw new ArgumentError({
      where: 'OUT',
      rule: 'the file to write must be named',
      received: 'nothing',
      remedy: 'For instance: earlyexit export MODEL model.onnx',
    });
  }
  return { kind: folder === true ? 'folder' : given.static === true ? 'static' : 'conditional', target: out };
}

function refused(option: Key, rule: string, other: string): ArgumentError {
  const remedy = 'Leave one or the other out';
  return new ArgumentError({ where: flagOf(option), rule, received: `with ${other}`, remedy });
}
