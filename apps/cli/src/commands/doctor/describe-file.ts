import { plural } from '@earlyexit/core/format';
import type { FileOutlook, RuntimeOutlook } from '@earlyexit/onnx/foreign';
import type { Output } from '../../terminal/output';
import { formatTable } from '../../terminal/table';

/** What runtimes make of a file, for people. */
export function describeOutlook(
  { file, kind, opset, domains, conditionals, runtimes }: FileOutlook,
  { colors }: Pick<Output, 'colors'>,
): string[] {
  const origin = kind === 'foreign' ? 'of another program' : `${kind}, written by earlyexit`;
  const others = domains.length === 0 ? '' : `, and of ${domains.join(', ')}`;
  const rows = runtimes.map(({ name, runs, skips }) => [name, runs ? 'yes' : 'no', skipsInWords(skips)]);
  return [
    `${file}: ${origin}, operators of version ${opset ?? 'unknown'}${others}, ${plural(conditionals, 'If node')}`,
    '',
    ...formatTable(['runtime', 'runs it', 'leaves work out'], rows, colors),
    '',
    ...runtimes.map(({ name, reason, source }) => `${name}: ${reason} (${source})`),
    '',
    conditionals > 0
      ? 'Where it does not run: one file a stage (--staged DIR of export, attach and cascade), and a program that runs the next only for what is left.'
      : 'There is nothing in it to leave out: exits come in with earlyexit attach, cascade or import.',
  ];
}

function skipsInWords(skips: RuntimeOutlook['skips']): string {
  if (skips === null) return '–';
  return skips === 'by-option' ? 'by an option' : skips;
}
