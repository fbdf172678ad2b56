import { argmaxRows, type Threshold } from '@earlyexit/exit-criteria';
import { computed, onMounted, onUnmounted, type Ref, ref, shallowRef } from 'vue';
import { readLinkState, writeLinkState } from '../link-state';
import { whenSeen } from '../when-seen';
import type { KeptNetwork } from './kept-facts';
import { loadKeptNetwork, networkChoices } from './kept-network';
import { type Look, lookAt, type ScoredNetwork, scoreNetwork, shareAt, thresholdAt } from './scored-network';
import { type Searcher, startSearcher } from './search-in-worker';
import type { FrontierLook, PromiseLook } from './search-tasks';
import { roundThreshold, stateFromLink, stateToLink, type ThresholdsState } from './thresholds-state';

const names = networkChoices.map(({ name }) => name);

/** What the page holds, and everything that a reader can do with it. */
export type ThresholdsModel = ReturnType<typeof useThresholds>;

/**
 * Loads a network's kept logits when the element comes into sight, scores them, and follows thresholds, criterion and
 * promise, in the link as well.
 */
export function useThresholds(root: Readonly<Ref<Element | null>>) {
  const state = shallowRef<ThresholdsState>(stateFromLink(new URLSearchParams(), names));
  const scored = shallowRef<ScoredNetwork | null>(null);
  const thresholds = shallowRef<readonly Threshold[]>([]);
  /** Where the sliders stand: the share of all samples that an exit would let leave. */
  const shares = shallowRef<readonly number[]>([]);
  /** Empty until it has been found. */
  const frontier = shallowRef<readonly FrontierLook[]>([]);
  const promise = shallowRef<PromiseLook | null>(null);
  const problem = ref('');
  let searcher: Searcher | null = null;

  const look = computed<Look | null>(() =>
    scored.value === null ? null : lookAt(scored.value, thresholds.value),
  );
  const finalAccuracy = computed(() => (scored.value === null ? 0 : accuracyOfFinal(scored.value.network)));

  function fail(error: unknown): void {
    problem.value = messageOf(error);
  }

  function remember(part: Partial<ThresholdsState>): void {
    state.value = { ...state.value, ...part };
    writeLinkState(stateToLink(state.value, names));
  }

  /** Takes thresholds from elsewhere than the sliders. */
  function take(now: ScoredNetwork, next: readonly Threshold[]): void {
    thresholds.value = next;
    shares.value = next.map((threshold, exit) => shareAt(now, exit, threshold));
  }

  async function openNetwork(): Promise<void> {
    const { network: name } = state.value;
    const network = await loadKeptNetwork(name);
    // Another one has been chosen meanwhile.
    if (name !== state.value.network) return;
    searcher?.end();
    searcher = startSearcher(network);
    const now = score(network);
    const early = network.exits.length - 1;
    const own =
      now.criterion === network.criterion ? network.thresholds.map((each) => each ?? 'never') : null;
    const asked = state.value.thresholds;
    take(now, asked?.length === early ? asked : (own ?? Array<Threshold>(early).fill('never')));
  }

  function score(network: KeptNetwork): ScoredNetwork {
    const now = scoreNetwork(network, state.value.criterion ?? network.criterion);
    // One slider each, until thresholds are taken.
    if (thresholds.value.length !== network.exits.length - 1) {
      take(now, Array<Threshold>(network.exits.length - 1).fill('never'));
    }
    scored.value = now;
    frontier.value = [];
    searcher!.frontier(now.criterion).then((found) => {
      if (scored.value === now) frontier.value = found;
    }, fail);
    askPromise(now);
    return now;
  }

  function askPromise(now: ScoredNetwork): void {
    const { risk, delta } = state.value;
    const show = (found: PromiseLook): void => {
      if (scored.value === now && risk === state.value.risk && delta === state.value.delta)
        promise.value = found;
    };
    promise.value = null;
    searcher!
      .promise(now.criterion, { risk, delta })
      .then(show, (error: unknown) => show({ thresholds: [], statement: messageOf(error) }));
  }

  onMounted(() => {
    state.value = stateFromLink(readLinkState(), names);
  });
  onUnmounted(() => searcher?.end());
  whenSeen(root, () => void openNetwork().catch(fail));

  return {
    ...{ state, scored, thresholds, shares, frontier, promise, problem, look, finalAccuracy },
    /** Moves one slider. */
    slide(exit: number, share: number): void {
      shares.value = shares.value.with(exit, share);
      thresholds.value = thresholds.value.with(exit, roundThreshold(thresholdAt(scored.value!, exit, share)));
      remember({ thresholds: thresholds.value });
    },
    /** Sets all thresholds. */
    choose(next: readonly Threshold[]): void {
      take(scored.value!, next.map(roundThreshold));
      remember({ thresholds: thresholds.value });
    },
    chooseNetwork(network: string): void {
      remember({ network, criterion: null, thresholds: null });
      void openNetwork().catch(fail);
    },
    /** Sliders stay where they are: as many may leave, ordered otherwise. */
    chooseCriterion(criterion: string): void {
      const { network } = scored.value!;
      remember({ criterion: criterion === network.criterion ? null : criterion });
      const now = score(network);
      thresholds.value = shares.value.map((share, exit) => roundThreshold(thresholdAt(now, exit, share)));
      remember({ thresholds: thresholds.value });
    },
    choosePromise(part: Partial<Pick<ThresholdsState, 'risk' | 'delta'>>): void {
      remember(part);
      if (scored.value !== null) askPromise(scored.value);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function accuracyOfFinal({ test }: KeptNetwork): number {
  const answers = argmaxRows(test.exits.at(-1)!, test.classes);
  return answers.filter((answer, row) => answer === test.labels![row]).length / test.samples;
}
