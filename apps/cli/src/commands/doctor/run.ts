import { examineMachine, isReady } from '@earlyexit/benchmark';
import { runtimeOutlook } from '@earlyexit/onnx/foreign-node';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { showing } from '../../terminal/show-work';
import { describeDoctor } from './describe';
import { describeOutlook } from './describe-file';
import type { doctor } from './options';

/** `earlyexit doctor`: tries everything that the other commands need, and measures how fast this machine is; or what runtimes make of a file. */
export async function run({ operands, output, signal }: Invocation<typeof doctor>): Promise<number> {
  if (operands.file !== undefined) {
    const outlook = await runtimeOutlook(operands.file, signal);
    output.json(outlook);
    output.text(...describeOutlook(outlook, output));
    return exitCode.done;
  }
  const report = await showing(output, signal, (work) => examineMachine(work));
  output.json(report);
  output.text(...describeDoctor(report, output));
  return isReady(report) ? exitCode.done : exitCode.failed;
}
