import { ArgumentError } from '@earlyexit/core';
import type { Invocation } from '../../command';
import { flagOf } from '../../options/declare-option';
import type { exportNetwork } from './options';

/** What is to be written, and where. */
export interface ExportPlan {
  readonly kind: 'conditional' | 'static' | 'staged' | 'folder';
  /** The file, or the folder. */
  readonly target: string;
}

type Given = Invocation<typeof exportNetwork>['given'];
type Key = keyof Given & string;

/** What does not go together: an option, those that say nothing beside it, and why. */
const CONTRADICTIONS: readonly { readonly of: Key; readonly not: readonly Key[]; readonly rule: string }[] = [
  {
    of: 'folder',
    not: ['static', 'staged'],
    rule: 'a model folder holds one graph with the exits inside and the thresholds built in',
  },
  {
    of: 'staged',
    not: ['static', 'thresholdsAs', 'earlyexit', 'criterion'],
    rule: 'stages go into their folder and decide nothing themselves',
  },
  {
    of: 'static',
    not: ['thresholdsAs', 'earlyexit', 'criterion'],
    rule: 'a file without exits has no thresholds and no criterion',
  },
  {
    of: 'runtime',
    not: ['staged', 'static', 'folder'],
    rule: 'it lays out one file with the exits inside',
  },
  {
    of: 'maxAccuracyDrop',
    not: ['earlyexit', 'static'],
    rule: 'thresholds are set anew only where none are given and exits are written',
  },
  {
    of: 'targetMacs',
    not: ['earlyexit', 'static', 'maxAccuracyDrop'],
    rule: 'thresholds are set anew only where none are given and exits are written, for one aim',
  },
];

/** Options that only int8 looks at. */
const INT8: readonly Key[] = ['dataset', 'dataDir', 'maxAccuracyDrop', 'targetMacs', 'minAgreement'];

/**
 * Reads from the options what is to be written, and refuses those that say nothing about it.
 *
 * @throws ArgumentError for options that contradict each other, and where the target is missing
 */
export function planExport(out: string | undefined, given: Given): ExportPlan {
  const stray = INT8.find((key) => given[key] !== undefined);
  if (given.dtype !== 'int8' && stray !== undefined) {
    throw new ArgumentError({
      where: flagOf(stray),
      rule: 'only int8 looks at images',
      remedy: 'Add --dtype int8, or leave it out',
    });
  }
  for (const { of, not, rule } of CONTRADICTIONS) {
    const also = isGiven(given, of) ? not.filter((key) => isGiven(given, key)).map((key) => flagOf(key)) : [];
    if (of === 'folder' && given.folder === true && given.thresholdsAs === 'input')
      also.push('--thresholds-as input');
    if (of === 'staged' && given.staged !== undefined && out !== undefined) also.push(out);
    if (also.length > 0) {
      throw new ArgumentError({
        where: flagOf(of),
        rule,
        received: `with ${also.join(' ')}`,
        remedy: 'Leave one or the other out',
      });
    }
  }
  if (given.staged !== undefined) return { kind: 'staged', target: given.staged };
  if (out === undefined) {
    throw new ArgumentError({
      where: 'OUT',
      rule: 'the file to write must be named',
      received: 'nothing',
      remedy: 'For instance: earlyexit export MODEL model.onnx',
    });
  }
  return {
    kind: given.folder === true ? 'folder' : given.static === true ? 'static' : 'conditional',
    target: out,
  };
}

function isGiven(given: Given, key: Key): boolean {
  return given[key] !== undefined && given[key] !== false;
}
