import type { KeptNetwork } from './kept-facts';
import { type FrontierLook, frontierOf, type PromiseLook, promiseOf } from './search-tasks';

/** What the page asks. */
export type SearchRequest =
  | { readonly kind: 'network'; readonly network: KeptNetwork }
  | { readonly kind: 'frontier'; readonly id: number; readonly criterion: string }
  | {
      readonly kind: 'promise';
      readonly id: number;
      readonly criterion: string;
      readonly risk: number;
      readonly delta: number;
    };

/** What was found; `problem` says why nothing could be. */
type FoundAnswer =
  | { readonly kind: 'frontier'; readonly frontier: readonly FrontierLook[] }
  | { readonly kind: 'promise'; readonly promise: PromiseLook }
  | { readonly kind: 'problem'; readonly problem: string };

/** What comes back. */
export type SearchAnswer = { readonly id: number } & FoundAnswer;

let network: KeptNetwork | null = null;

self.onmessage = ({ data }: MessageEvent<SearchRequest>): void => {
  if (data.kind === 'network') {
    network = data.network;
    return;
  }
  const answer = (found: FoundAnswer): void => {
    self.postMessage({ id: data.id, ...found });
  };
  try {
    if (data.kind === 'frontier')
      answer({ kind: 'frontier', frontier: frontierOf(network!, data.criterion) });
    else answer({ kind: 'promise', promise: promiseOf(network!, data.criterion, data) });
  } catch (error) {
    answer({ kind: 'problem', problem: error instanceof Error ? error.message : String(error) });
  }
};
