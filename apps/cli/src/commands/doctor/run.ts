import { describeEngines, type EngineReport, selectEngine } from '@earlyexit/backend';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { checkRuntimes } from './check-runtimes';
import { runChecks } from './checks';
import { describeDoctor } from './describe';
import { doctorDocument, isReady } from './document';
import { measureEngine, measureOnnxRuntime, type Speed } from './measure-speeds';
import type { doctor } from './options';

/** `earlyexit doctor`: tries everything that the other commands need, and measures how fast this machine is. */
export async function run({ output, signal }: Invocation<typeof doctor>): Promise<number> {
  const line = output.progress('trying the engines');
  line.update(0, 1);
  const engines = await describeEngines();
  const speeds = await measureSpeeds(engines, signal, (name, done, total) => {
    line.update(done, total, `timing ${name}`);
  });
  const chosen = await selectEngine('auto').catch(() => null);
  line.update(1, 1, 'trying the runtimes');
  const runtimes = await checkRuntimes();
  const document = doctorDocument({ engines, chosen, runtimes, speeds, checks: await runChecks() });
  line.done();
  output.json(document);
  output.text(...describeDoctor(document, output));
  return isReady(document) ? exitCode.done : exitCode.failed;
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
