import { capThresholds, criterionWithoutLabels, resolvePolicy } from '@earlyexit/exit-criteria';
import { ArgumentError } from '@earlyexit/core';
import { createBatchedSession } from './batched-session';
import { routeBatch } from './route-batch';
import type { Session, SessionMetadata } from './session';
import type { StageRunner } from './stage-runner';

/**
 * A session over stages of any runtime: each batch is routed through the exits and shrinks on the way.
 *
 * @throws ArgumentError if the metadata does not list as many exits as the runner has stages.
 */
export function createRoutedSession<Features>(
  runner: StageRunner<Features>,
  metadata: SessionMetadata,
): Session {
  if (metadata.exits.length !== runner.stageCount) {
    throw new ArgumentError({
      where: 'createRoutedSession',
      rule: 'there is one stage per exit, the final exit included',
      received: `${runner.stageCount} stages, ${metadata.exits.length} exits in the metadata`,
    });
  }
  const exitMacs = metadata.exits.map((exit) => exit.macs);
  const { inputShape, classes } = runner;
  return createBatchedSession(
    {
      inputShape,
      classes,
      prepare(options) {
        const resolved = resolvePolicy(metadata, options, 'session.run');
        const thresholds = capThresholds(resolved.thresholds, metadata.exits, options.maxMacs, 'session.run');
        const policy = { ...resolved, thresholds };
        criterionWithoutLabels(policy.criterion, 'session.run');
        return (batch, answers) => routeBatch(runner, batch, policy, exitMacs, answers, options.signal);
      },
      release: () => {
        runner.dispose();
      },
    },
    metadata,
  );
}
