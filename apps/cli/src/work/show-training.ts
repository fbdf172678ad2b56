import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { EpochMetrics, TrainingEvent } from '@earlyexit/trainer';
import { count, duration, percent } from '../terminal/format';
import type { Output } from '../terminal/output';

/** Shows the events of a training: a line that moves, and a line that stays for each epoch. */
export function showTraining(metadata: MultiExitMetadata, output: Output): (event: TrainingEvent) => void {
  const line = output.progress('');
  return (event) => {
    switch (event.type) {
      case 'progress': {
        const accuracy = event.accuracy
          .flatMap((value, exit) =>
            value === null ? [] : [`${metadata.exits[exit]?.name ?? ''} ${percent(value, 1)}`],
          )
          .join(', ');
        line.update(
          event.step,
          event.epochs * event.stepsPerEpoch,
          `epoch ${String(event.epoch)}/${String(event.epochs)} · loss ${event.loss.toPrecision(3)} · ${accuracy} · ${count(event.imagesPerSecond)} images/s`,
        );
        break;
      }
      case 'resume':
        output.note(`going on from step ${count(event.step)} (${event.checkpoint})`);
        break;
      case 'epoch':
        output.note(
          `epoch ${String(event.epoch)}: loss ${event.trainLoss.toFixed(4)}, ${describeAccuracy(metadata, event)}, ${duration(event.seconds)}`,
        );
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
        line.done();
        break;
      case 'start':
        break;
    }
  };
}

/** The accuracy of every exit after an epoch, in words. */
export function describeAccuracy(
  { exits }: MultiExitMetadata,
  { validation, trainAccuracy }: EpochMetrics,
): string {
  const accuracies = validation?.accuracy ?? trainAccuracy;
  const each = exits
    .flatMap(({ name }, exit) => {
      const value = accuracies[exit];
      return value === null || value === undefined ? [] : [`${name} ${percent(value)}`];
    })
    .join(', ');
  const total = validation?.summary?.top1;
  return `${each} right on ${validation === null ? 'the training samples' : 'validation'}${total === undefined || total === null ? '' : `, ${percent(total)} with the thresholds`}`;
}
