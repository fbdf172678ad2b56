import { type AttachedDocument, describeAttached } from '@earlyexit/attach';
import { bytes, percent, shortMacs } from '@earlyexit/core/format';
import type { Colors } from '../terminal/colors';
import { formatTable } from '../terminal/table';

/** What was written and what it does, for people. */
export function describeFile(document: AttachedDocument, colors: Colors): string[] {
  const { file, dtype, exits } = document;
  const type = dtype === 'int8' ? ' that computes in int8' : '';
  const rows = exits.map(({ name, after, share, macs }) => [
    name,
    after ?? '–',
    percent(share, 1),
    shortMacs(macs),
  ]);
  return [
    `${file}, ${bytes(document.bytes)}: one conditional ONNX file${type}`,
    '',
    ...formatTable(['exit', 'behind', '>taken', '>MACs to leave here'], rows, colors),
    '',
    ...describeAttached(document),
  ];
}
