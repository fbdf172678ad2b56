import type { EngineReport } from '@earlyexit/backend';
import { isReady, type MachineReport, type RuntimeReport, type Speed } from '@earlyexit/benchmark';
import type { Colors } from '../../terminal/colors';
import { bytes, count } from '@earlyexit/core/format';
import type { Output } from '../../terminal/output';
import { formatTable } from '../../terminal/table';

/** What was found, for people. */
export function describeDoctor(
  document: MachineReport,
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string[] {
  const { version, machine, engines, chosen, runtimes, speeds, checks } = document;
  return [
    `earlyexit ${version}, Node ${machine.node}, ${machine.platform}`,
    `${machine.processor}, ${String(machine.threads)} threads, ${bytes(machine.memoryBytes)} of memory (${bytes(machine.freeMemoryBytes)} free)`,
    '',
    'engines',
    ...engines.flatMap((engine) => describeEngine(engine, engine.name === chosen?.name, colors)),
    '',
    'runtimes of exported networks',
    ...runtimes.flatMap((runtime) => describeRuntime(runtime, colors)),
    '',
    'speeds, in milliseconds an image',
    ...speedTable(speeds, colors, width),
    '',
    'everything else',
    ...checks.flatMap(({ name, ok, detail, remedy }) => entry(ok, `${name}: ${detail}`, remedy, colors)),
    '',
    isReady(document) ? 'Ready.' : 'Something is missing: see above.',
  ];
}

function describeEngine(engine: EngineReport, isChosen: boolean, colors: Colors): string[] {
  const { name, available, version, reason, remedy, selfTest } = engine;
  const test = verdict(selfTest, 'small convolution right', 'a small convolution came out WRONG');
  const chosen = isChosen ? colors.bold(' ← auto takes this one') : '';
  const title = version === null ? name : `${name} ${version}`;
  return entry(available && selfTest?.ok === true, `${title}: ${reason}${test}${chosen}`, remedy, colors);
}

function describeRuntime({ name, reason, remedy, selfTest }: RuntimeReport, colors: Colors): string[] {
  const test = verdict(selfTest, 'a tiny network right', 'a tiny network came out WRONG');
  return entry(selfTest?.ok === true, `${name}: ${reason}${test}`, remedy, colors);
}

function verdict(selfTest: RuntimeReport['selfTest'], right: string, wrong: string): string {
  if (selfTest === null) return '';
  return selfTest.ok ? `, ${right} in ${selfTest.milliseconds.toFixed(0)} ms` : `, ${wrong}`;
}

function entry(ok: boolean, text: string, remedy: string | null, colors: Colors): string[] {
  const mark = ok ? colors.green('✓') : colors.yellow('–');
  return [`  ${mark} ${text}`, ...(remedy === null ? [] : [`      ${remedy}`])];
}

function speedTable(speeds: readonly Speed[], colors: Colors, width: number | null): string[] {
  const columns = ['network', 'engine', '>batch', '>forward', '>training step', '>images/s'];
  const milliseconds = (value: number | null): string =>
    value === null ? '–' : value < 1000 ? value.toPrecision(3) : count(value);
  // By network, so that what is to be compared stands together.
  const rows = [...speeds]
    .sort((a, b) => a.model.localeCompare(b.model))
    .map(({ model, engine, batch, forwardMsPerImage, stepMsPerImage, imagesPerSecond }) => [
      model,
      engine,
      String(batch),
      milliseconds(forwardMsPerImage),
      milliseconds(stepMsPerImage),
      imagesPerSecond < 10 ? imagesPerSecond.toPrecision(2) : count(imagesPerSecond),
    ]);
  return formatTable(columns, rows, colors, width === null ? null : width - 2).map((line) => `  ${line}`);
}
