import { examineMachine, isReady } from '@earlyexit/benchmark';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { showing } from '../../terminal/show-work';
import { describeDoctor } from './describe';
import type { doctor } from './options';

/** `earlyexit doctor`: tries everything that the other commands need, and measures how fast this machine is. */
export async function run({ output, signal }: Invocation<typeof doctor>): Promise<number> {
  const report = await showing(output, signal, (work) => examineMachine(work));
  output.json(report);
  output.text(...describeDoctor(report, output));
  return isReady(report) ? exitCode.done : exitCode.failed;
}
