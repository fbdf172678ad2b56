import type { ExitCosts } from '@earlyexit/exit-criteria';
import type {
  ForeignCut,
  ForeignExit,
  ForeignInput,
  ForeignNetwork,
  ForeignPlan,
} from '@earlyexit/onnx/foreign';
import { attachedMetadata } from './attached-metadata';
import { costsOf } from './costs-of';
import { readAt } from './exit-places';
import { type HeadWeights, macsOfHead } from './heads/head-weights';
import { writePooled } from './heads/pooling';
import { writeHead } from './heads/write-head';

/** A network with exits, before their thresholds are known, and what leaving at each costs. */
export interface PlannedExits extends Pick<ForeignPlan, 'network' | 'input' | 'exits' | 'metadata'> {
  readonly costs: ExitCosts;
}

/**
 * Puts heads behind places of a network; each reads the logits of the one before it too.
 *
 * @param cuts one a head, in the order of the network
 * @param classes their names; numbers unless given
 */
export function planExits(
  {
    network,
    input,
    where,
  }: { readonly network: ForeignNetwork; readonly input: ForeignInput; readonly where: string },
  cuts: readonly ForeignCut[],
  heads: readonly HeadWeights[],
  classes: readonly string[] | undefined,
): PlannedExits {
  const costs = costsOf(network, cuts, heads);
  return {
    network,
    input,
    exits: heads.map((head, index) => attachedExit(network, cuts[index]!, head, index, heads.length)),
    metadata: attachedMetadata({
      name: where.replace(/\.onnx$/i, ''),
      classes,
      count: network.classes,
      input,
      exits: heads.map((head, index) => ({
        name: `exit${index}`,
        attachedAfter: readAt(cuts[index]!),
        head: head.hidden === 0 ? 'pooled-linear' : 'pooled-mlp',
        headMacs: macsOfHead(head),
      })),
      costs,
    }),
    costs,
  };
}

function attachedExit(
  network: ForeignNetwork,
  cut: ForeignCut,
  head: HeadWeights,
  index: number,
  count: number,
): ForeignExit {
  const tensor = readAt(cut);
  return {
    cut,
    handsOnLogits: index + 1 < count,
    writeHead({ graph, nameOf, previous }) {
      const pooled = writePooled(graph, nameOf(tensor), network.tensors.get(tensor)!);
      return writeHead(graph, previous === null ? [pooled] : [pooled, previous], head, `exit${index}`);
    },
  };
}
