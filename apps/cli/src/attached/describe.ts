import type { ExitsReport } from '@earlyexit/attach';
import { bytes, count, percent, shortMacs } from '@earlyexit/core/format';
import type { Colors } from '../terminal/colors';
import { formatTable } from '../terminal/table';

/** What `attach --json` and `cascade --json` print. */
export interface AttachedDocument extends ExitsReport {
  readonly file: string;
  readonly bytes: number;
}

/** What was written and what it does, for people. */
export function describeAttached(document: AttachedDocument, colors: Colors): string[] {
  const {
    accuracy,
    promise,
    parts,
    differentInterval: [low, high],
  } = document;
  return [
    `${document.file}, ${bytes(document.bytes)}: one conditional ONNX file`,
    '',
    ...formatTable(
      ['exit', 'behind', '>taken', '>MACs to leave here'],
      document.exits.map(({ name, after, share, macs }) => [
        name,
        after ?? '–',
        percent(share, 1),
        shortMacs(macs),
      ]),
      colors,
    ),
    '',
    `on ${count(document.samples)} images that nothing was chosen by: ${shortMacs(document.averageMacs)} MACs on average, ${document.macsRatio.toFixed(2)}× fewer than the network alone (${shortMacs(document.staticMacs)})`,
    `${percent(document.differentAnswers, 2)} of the answers differ from the network's own (95 % interval ${percent(low, 2)} to ${percent(high, 2)})`,
    ...(accuracy === null
      ? []
      : [`${percent(accuracy.withExits, 2)} right, without exits ${percent(accuracy.without, 2)}`]),
    ...(promise === null
      ? ['nothing is promised']
      : [
          `${promise.statement}. On so many samples as little as ${percent(document.strictestRisk, 2)} could be promised.`,
        ]),
    `${parts.heads === 0 ? '' : `heads learnt from ${count(parts.heads)} images, `}temperatures and the order of thresholds come from ${count(parts.choosing)} others, thresholds from ${count(parts.promise)}, this report from ${count(parts.report)}`,
    `the network is more than 90 % sure of ${percent(document.confidentAnswers, 1)} of its own answers`,
  ];
}
