import type { KeptNetwork } from './kept-facts';
import type { FrontierLook, PromiseLook } from './search-tasks';
import type { SearchAnswer, SearchRequest } from './search-worker';

/** Searches beside the page, so that sliders stay quick. */
export interface Searcher {
  frontier(criterion: string): Promise<readonly FrontierLook[]>;
  promise(criterion: string, aim: { readonly risk: number; readonly delta: number }): Promise<PromiseLook>;
  end(): void;
}

/** Starts a worker with the logits of a network. */
export function startSearcher(network: KeptNetwork): Searcher {
  const worker = new Worker(new URL('./search-worker.ts', import.meta.url), { type: 'module' });
  const open = new Map<number, { resolve(answer: SearchAnswer): void; reject(error: Error): void }>();
  let next = 0;
  worker.onmessage = ({ data }: MessageEvent<SearchAnswer>): void => {
    const asked = open.get(data.id);
    open.delete(data.id);
    if (data.kind === 'problem') asked?.reject(new Error(data.problem));
    else asked?.resolve(data);
  };
  const post = (request: SearchRequest): void => worker.postMessage(request);
  post({ kind: 'network', network });
  const ask = (request: Extract<SearchRequest, { id: number }>): Promise<SearchAnswer> =>
    new Promise((resolve, reject) => {
      open.set(request.id, { resolve, reject });
      post(request);
    });
  return {
    frontier: async (criterion) => {
      const answer = await ask({ kind: 'frontier', id: next++, criterion });
      return answer.kind === 'frontier' ? answer.frontier : [];
    },
    promise: async (criterion, { risk, delta }) => {
      const answer = await ask({ kind: 'promise', id: next++, criterion, risk, delta });
      if (answer.kind !== 'promise') throw new Error('the worker answered something else');
      return answer.promise;
    },
    end: () => worker.terminate(),
  };
}
