import { ArgumentError } from '@earlyexit/core';
import {
  capThresholds,
  DEFAULT_CRITERION,
  type Threshold,
  thresholdFromJson,
  validatePolicy,
} from '@earlyexit/exit-criteria';
import type { RunOptions } from '../session/session';
import type { OnnxFileMetadata } from './read-metadata';

/**
 * The thresholds of a run, one per early exit: those of the options, otherwise those of the file.
 *
 * @throws ArgumentError if they do not fit or are missing, or the options set something that is built into the file
 */
export function resolveThresholds(
  { decision, network, kind }: OnnxFileMetadata,
  options: RunOptions,
): readonly Threshold[] {
  const early = kind === 'static' ? [] : network.exits.slice(0, -1);
  const builtIn = (what: string, stands: string, received: string, remedy: string): never => {
    throw new ArgumentError({
      where: `session.run, ${what}`,
      rule: `${what} is built into the file: ${stands}`,
      received,
      remedy,
    });
  };
  const { criterion, temperatures } = options;
  const again = 'Export the network again for another one';
  if (decision !== null && criterion !== undefined && criterion !== decision.criterion) {
    builtIn('criterion', decision.criterion, criterion, again);
  }
  if (
    decision !== null &&
    temperatures !== undefined &&
    temperatures.join() !== decision.temperatures.join()
  ) {
    builtIn('temperatures', decision.temperatures.join(', '), temperatures.join(', '), again);
  }
  const stored = decision?.thresholds?.map(thresholdFromJson) ?? null;
  const asked = options.thresholds ?? stored ?? (early.length === 0 ? [] : null);
  if (asked === null) {
    throw new ArgumentError({
      where: 'session.run, thresholds',
      rule: `${network.name} was exported without thresholds, so they are needed, one for each of ${early.map(({ name }) => name).join(', ')}`,
      received: 'none',
      remedy: "Calibrate before the export, or pass thresholds: a threshold is a number, 'never' or 'always'",
    });
  }
  validatePolicy({ criterion: decision?.criterion ?? DEFAULT_CRITERION, thresholds: asked }, early.length);
  const costs = kind === 'static' ? [{ macs: network.staticMacs }] : network.exits;
  const thresholds = capThresholds(asked, costs, options.maxMacs, 'session.run');
  if (decision?.thresholdsAs === 'constants' && thresholds.join() !== stored?.join()) {
    builtIn(
      'thresholds',
      String(stored?.join(', ')),
      thresholds.join(', '),
      'Export with thresholds as an input to change them from run to run',
    );
  }
  return thresholds;
}
