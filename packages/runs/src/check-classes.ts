import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import type { DataSource } from '@earlyexit/datasets';

const SHOWN_CLASSES = 4;

/**
 * Refuses data that a network was not made for.
 *
 * @throws ArgumentError if the classes differ
 */
export function checkClasses(
  { name, classes }: Pick<MultiExitMetadata, 'name' | 'classes'>,
  source: Pick<DataSource, 'name' | 'classes' | 'classIds'>,
): void {
  const isKnownAs = (names: readonly string[] | undefined): boolean =>
    classes.length === names?.length && classes.every((each, i) => each === names[i]);
  // Networks of before were trained on the names of folders.
  if (isKnownAs(source.classes) || isKnownAs(source.classIds)) return;
  throw new ArgumentError({
    function: 'checkClasses',
    argument: 'dataset',
    rule: `the data have the classes that the network tells apart; ${name} knows ${describe(classes)}`,
    received: `${source.name} with ${describe(source.classes)}`,
    remedy: 'Name the data set that the network was trained on',
  });
}

function describe(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_CLASSES).join(', ');
  return `${String(names.length)} classes (${shown}${names.length > SHOWN_CLASSES ? ', …' : ''})`;
}
