import type { MultiExitModel } from '@earlyexit/branch-head';
import { createShiftMonitor } from '@earlyexit/calibration';
import { DataError, EarlyExitError } from '@earlyexit/core';
import { type ExitPolicy } from '@earlyexit/exit-criteria';
import { plural } from '../terminal/format';
import type { Output } from '../terminal/output';
import { fingerprintModel } from './fingerprint';
import { logitsCachePath, readLogits } from './logits-cache';
import type { LoadedModel } from './model-argument';
import { FALSE_ALARM_RATE, referenceAnswers } from './watch-stream';

/** Watches answers one by one and warns once, as soon as they no longer look like those to the calibration images. */
export interface StreamMonitor {
  observe(
    input: string,
    answer: { readonly exit: number; readonly class: number; readonly score: number },
  ): void;
  /** Says how it ended, if nothing was to be warned of. */
  finish(): void;
}

/**
 * A monitor that compares with the logits that `calibrate` kept in the run folder.
 *
 * @param policy under which the answers are given
 * @throws DataError if there are no such logits, or they belong to other weights
 */
export async function openStreamMonitor(
  model: MultiExitModel,
  reference: LoadedModel['reference'],
  policy: ExitPolicy,
  output: Output,
): Promise<StreamMonitor> {
  const { runDirectory, argument } = reference;
  if (runDirectory === null) {
    throw new DataError({
      where: '--monitor',
      rule: 'a stream is compared with the calibration images, whose logits lie in a run folder',
      received: `${argument}, a model without its run`,
      remedy: 'Give the run folder',
    });
  }
  const path = logitsCachePath(runDirectory);
  let found: Awaited<ReturnType<typeof readLogits>>;
  try {
    found = await readLogits(path, { model: await fingerprintModel(model) });
  } catch (cause) {
    if (!EarlyExitError.is(cause)) throw cause;
    throw new DataError({
      where: '--monitor',
      rule: 'a stream is compared with the logits of the calibration images, as calibrate keeps them',
      received: `${path}: ${cause.parts.rule}`,
      remedy: `Run earlyexit calibrate ${argument} first`,
      cause,
    });
  }
  const monitor = createShiftMonitor(referenceAnswers(found.cached, policy, '--monitor'), {
    exits: model.metadata.exits.length,
    classes: model.metadata.classes.length,
    falseAlarmRate: FALSE_ALARM_RATE,
  });
  let seen = 0;
  let warned = false;
  return {
    observe(input, answer) {
      seen++;
      const { alarm, message } = monitor.observe({
        exitIndex: Int32Array.of(answer.exit),
        classes: Int32Array.of(answer.class),
        scores: Float64Array.of(answer.score),
      });
      if (!alarm || warned) return;
      warned = true;
      output.warn(`at ${input}: ${message}`);
    },
    finish() {
      if (!warned) output.note(`monitor: no shift seen in ${plural(seen, 'image')}`);
    },
  };
}
