import { describeEngines, type EngineReport, selectEngine } from '@earlyexit/backend';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import type { ProgressLine } from '../../terminal/progress-line';
import { checkRuntimes } from './check-runtimes';
import { runChecks } from './checks';
import { describeDoctor } from './describe';
import { type DoctorDocument, doctorDocument, isReady } from './document';
import { measureEngine, measureOnnxRuntime, type Speed } from './measure-speeds';
import type { doctor } from './options';

/** `earlyexit doctor`: tries everything that the other commands need, and measures how fast this machine is. */
export async function run({ output, signal }: Invocation<typeof doctor>): Promise<number> {
  const document = await tryEverything(output.progress('trying the engines'), signal);
  output.json(document);
  output.text(...describeDoctor(document, output));
  return isReady(document) ? exitCode.done : exitCode.failed;
}

/** What this machine can do; takes the progress line away in the end. */
async function tryEverything(line: ProgressLine, signal: AbortSignal): Promise<DoctorDocument> {
  try {
    line.update(0, 1);
    const engines = await describeEngines();
    const speeds = await measureSpeeds(engines, signal, (name, done, total) => {
      line.update(done, total, `timing ${name}`);
    });
    const chosen = await selectEngine('auto').catch(() => null);
    line.update(1, 1, 'trying the runtimes');
    const runtimes = await checkRuntimes();
    return doctorDocument({ engines, chosen, runtimes, speeds, checks: await runChecks() });
  } finally {
    line.done();
  }
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
