/** An exit as a reader chose it. */
export interface ChosenExit {
  /** The layer behind which it stands. */
  readonly after: string;
  /** The name of its head. */
  readonly head: string;
}

/** What the link says of the exits: `layer~head,…`. */
export function encodeExits(exits: readonly ChosenExit[]): string {
  return exits.map(({ after, head }) => `${after}~${head}`).join(',');
}

/** The exits that a link says; null if it says none that can be read. */
export function decodeExits(text: string | null): readonly ChosenExit[] | null {
  if (text === null) return null;
  const exits = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => part.split('~'));
  if (!exits.every(([after = '', head = '', more]) => after !== '' && head !== '' && more === undefined)) {
    return null;
  }
  return exits.map(([after, head]) => ({ after: after!, head: head! }));
}

/** The program that does what the page does. */
export function programFor(network: string | null, exits: readonly ChosenExit[]): string {
  const lines = exits.map(({ after, head }) => `  { after: '${after}', head: '${head}' },\n`);
  const opened =
    network === null
      ? `import { loadPlainModel } from '@earlyexit/branch-head/node';

const network = await loadPlainModel('model.json');`
      : `import { createModel } from '@earlyexit/model-zoo';

const { model: network } = createModel('${network}');`;
  return `import { attachExits, splitStages } from '@earlyexit/branch-head';
${opened}
const model = attachExits(network, [
${lines.join('')}]);
const stages = splitStages(model);`;
}
