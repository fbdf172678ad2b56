import { join } from 'node:path';
import { kindOfPath, writeWholeFile } from '@earlyexit/core/node';
import { encodeExamples, renderReport } from '@earlyexit/report';
import { reportOnRun, requireComparable, type SavedLocation, requireReplaceable } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { showingImages } from '../../describe/ran-images';
import { locateNetwork, requireTrained } from '../../model/locate-model';
import { openTrained } from '../../model/open-trained';
import { describeReport } from './describe';
import type { report } from './options';

/** `earlyexit report`: evaluates a network and writes the report. */
export async function run(invocation: Invocation<typeof report>): Promise<undefined> {
  const { operands, options, output } = invocation;
  const own = await findTrained(operands.model);
  const compare = await Promise.all((options.compare ?? []).map(findTrained));
  await requireComparable(compare, own, options);
  const path = await reportPath(options.out ?? own.runDirectory ?? own.directory);
  await requireReplaceable('--out', path, 'report', options.force);
  const opened = await openTrained(own, options, invocation, ({ policy, exits }) => {
    if (policy !== null || exits.length === 1) return;
    output.warn('the model is not calibrated: nobody leaves early. Run earlyexit calibrate first');
  });
  const data = await showingImages(invocation, (work) => reportOnRun(opened, { compare }, work));
  await writeWholeFile(path, renderReport(data, await encodeExamples(data, opened.data.splits.test)));
  for (const { run: other, earlyExits, calibrated } of data.curve.compared) {
    if (calibrated || earlyExits === 0) continue;
    output.warn(
      `${other} is not calibrated: it is shown without its exits. Run earlyexit calibrate ${other} first`,
    );
  }
  const { evaluation, ...shown } = data;
  output.json({ ...evaluation, ...shown, report: path });
  output.text(...describeReport(data, path, output));
  return undefined;
}

async function findTrained(argument: string): Promise<SavedLocation> {
  return requireTrained(await locateNetwork(argument));
}

/** A folder stands for the report in it. */
async function reportPath(path: string): Promise<string> {
  return (await kindOfPath(path)) === 'folder' ? join(path, 'report.html') : path;
}
