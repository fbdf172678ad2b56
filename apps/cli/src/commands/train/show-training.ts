import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { TrainingEvent } from '@earlyexit/trainer';
import { count } from '@earlyexit/core/format';
import type { Output } from '../../terminal/output';
import type { ProgressLine } from '../../terminal/progress-line';
import { describeEpoch, describeProgress } from './describe';

/** Shows the events of a training: a line that moves, and a line that stays for each epoch. */
export function showTraining(metadata: MultiExitMetadata, output: Output): (event: TrainingEvent) => void {
  let line: ProgressLine | null = null;
  return (event) => {
    switch (event.type) {
      case 'progress':
        line ??= output.progress('');
        line.update(event.step, event.epochs * event.stepsPerEpoch, describeProgress(metadata, event));
        break;
      case 'resume':
        output.note(`going on from step ${count(event.step)} (${event.checkpoint})`);
        break;
      case 'epoch':
        output.note(describeEpoch(metadata, event));
        break;
      case 'warning':
        output.warn(event.message);
        break;
      case 'checkpoint':
        output.detail(`checkpoint ${event.path}`);
        break;
      case 'end':
      case 'fail':
      case 'interrupt':
        line?.done();
        break;
      case 'start':
        break;
    }
  };
}
