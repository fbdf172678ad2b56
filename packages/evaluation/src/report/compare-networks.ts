import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { comparePaired, holmAdjusted, type PolicyOutcome, wilsonInterval } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import {
  type CachedLogits,
  costsOf,
  neverLeave,
  simulate,
  storedPolicy,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import { policyOutcome } from '../compare/policy-outcome';
import { INTERVAL_CONFIDENCE } from '../evaluate/evaluation-intervals';
import { curvePoint } from './report-curve';
import type { ComparedNetwork } from './report-data';

/** Another network, and its logits for the test images of the report, in the same order. */
export interface NetworkToCompare {
  readonly metadata: MultiExitMetadata;
  readonly test: CachedLogits;
  /** The run as it was named. */
  readonly run: string;
  /** What it is called where another network has its name too. */
  readonly label: string;
}

/**
 * Where each of several networks stands with its own thresholds, or without its exits if it has no thresholds, and
 * whether it differs from the network of the report, image by image. The more networks, the more a difference has to
 * show before it is called one.
 *
 * @throws ArgumentError if one has not answered as many samples
 */
export function compareNetworks(
  own: { readonly name: string; readonly outcome: PolicyOutcome; readonly staticMacs: number },
  networks: readonly NetworkToCompare[],
): ComparedNetwork[] {
  const names = [own.name, ...networks.map(({ metadata }) => metadata.name)];
  const at = curvePoint(own.staticMacs);
  const found = networks.map(({ metadata, test, run, label }) => {
    checkSamples(test, own.outcome, metadata.name);
    const costs = costsOf(metadata);
    const stored = storedPolicy(metadata);
    const policy = stored ?? neverLeave(metadata);
    const summary = summarizeExits(test, policy, costs);
    const plain = at(summary.static.top1, metadata.staticMacs);
    // Without thresholds it stands where it is without exits, heads not paid for.
    const paid = stored === null ? { ...costs, exitMacs: costs.exitMacs.map(() => costs.staticMacs) } : costs;
    const outcome = policyOutcome(simulate(test, policy), test, paid);
    const right = outcome.correct as Uint8Array;
    return {
      name: names.filter((each) => each === metadata.name).length > 1 ? label : metadata.name,
      ...{ model: metadata.name, run, earlyExits: metadata.exits.length - 1, calibrated: stored !== null },
      ...(stored === null ? plain : at(summary.top1, summary.averageMacs)),
      accuracyInterval: wilsonInterval(
        right.reduce((sum, each) => sum + each, 0),
        test.samples,
        INTERVAL_CONFIDENCE,
      ),
      against: comparePaired(outcome, own.outcome, INTERVAL_CONFIDENCE),
      static: plain,
    };
  });
  const adjusted = holmAdjusted(found.map(({ against }) => against.pValue));
  return found.map((network, i) => {
    const pValue = adjusted[i]!;
    return {
      ...network,
      against: { ...network.against, pValue, isDifferent: pValue <= 1 - INTERVAL_CONFIDENCE },
    };
  });
}

function checkSamples({ samples }: CachedLogits, { correct }: PolicyOutcome, name: string): void {
  if (samples === correct.length) return;
  throw new ArgumentError({
    function: 'collectReport',
    argument: 'compared',
    rule: `networks are compared on the same test images, ${String(correct.length)} here`,
    received: `the logits of ${name} for ${String(samples)}`,
  });
}
