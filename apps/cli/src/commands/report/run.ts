import { dirname, join } from 'node:path';
import { ArgumentError } from '@earlyexit/core';
import { kindOfPath, writeWholeFile } from '@earlyexit/core/node';
import type { ReportData } from '@earlyexit/evaluation';
import { encodeExamples, type ExampleSource, renderReport } from '@earlyexit/report';
import { reportOnExported, reportOnRun, requireComparable, requireReplaceable } from '@earlyexit/runs';
import type { ExportedLocation, SavedLocation } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { showingImages } from '../../describe/ran-images';
import { locateModel, locateNetwork, requireTrained } from '../../model/locate-model';
import { openExported } from '../../model/open-exported';
import { openTrained } from '../../model/open-trained';
import { describeReport } from './describe';
import type { report } from './options';

type ReportInvocation = Invocation<typeof report>;

/** `earlyexit report`: evaluates a network and writes the report. */
export async function run(invocation: ReportInvocation): Promise<undefined> {
  const { operands, options, output } = invocation;
  const own = requireTrained(await locateModel(operands.model));
  if (own.kind !== 'saved') return reportFile(own, invocation);
  const compare = await Promise.all((options.compare ?? []).map(findTrained));
  await requireComparable(compare, own, options);
  const path = await reportPath(options.out ?? own.runDirectory ?? own.directory, options);
  const opened = await openTrained(own, options, invocation, ({ policy, exits }) => {
    if (policy !== null || exits.length === 1) return;
    output.warn('the model is not calibrated: nobody leaves early. Run earlyexit calibrate first');
  });
  const data = await showingImages(invocation, (work) => reportOnRun(opened, { compare }, work));
  for (const { run: other, earlyExits, calibrated } of data.curve.compared) {
    if (calibrated || earlyExits === 0) continue;
    output.warn(
      `${other} is not calibrated: it is shown without its exits. Run earlyexit calibrate ${other} first`,
    );
  }
  return writeReport(path, data, opened.data.splits.test, invocation);
}

/** The same of an exported network, which remembers no data. */
async function reportFile(location: ExportedLocation, invocation: ReportInvocation): Promise<undefined> {
  const { options, output, signal } = invocation;
  if (options.compare !== undefined) {
    throw new ArgumentError({
      where: '--compare',
      rule: 'networks are compared that remember their data, as a run folder does',
      received: location.path,
      remedy: 'Leave it out, or give the run folder',
    });
  }
  const path = await reportPath(options.out ?? dirname(location.file), options);
  const network = await openExported(location, options, output, signal);
  try {
    const how = { ...options, engine: network.engine };
    const { data, test } = await showingImages(invocation, (work) =>
      reportOnExported(network, { ...how, ...work }),
    );
    await writeReport(path, data, test, invocation);
  } finally {
    network.session.dispose();
  }
  return undefined;
}

async function writeReport(
  path: string,
  data: ReportData,
  test: ExampleSource,
  { output }: ReportInvocation,
): Promise<undefined> {
  await writeWholeFile(path, renderReport(data, await encodeExamples(data, test)));
  const { evaluation, ...shown } = data;
  output.json({ ...evaluation, ...shown, report: path });
  output.text(...describeReport(data, path, output));
}

async function findTrained(argument: string): Promise<SavedLocation> {
  return requireTrained(await locateNetwork(argument));
}

/** A folder stands for the report in it. */
async function reportPath(given: string, { force }: ReportInvocation['options']): Promise<string> {
  const path = (await kindOfPath(given)) === 'folder' ? join(given, 'report.html') : given;
  await requireReplaceable('--out', path, 'report', force);
  return path;
}
