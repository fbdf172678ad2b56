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
  /** The run as the user named it. */
  readonly run: string;
  /** Its name if another network has the same one. */
  readonly label: string;
}

/**
 * The operating point of each of several networks with its own thresholds, or without its exits if it has no
 * thresholds, and whether it differs from the network of the report, image by image. The more networks there are, the
 * clearer a difference has to be.
 *
 * @throws ArgumentError if one has not answered the same number of samples
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
    // Without thresholds it is shown without exits, and heads are not paid for.
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
