import { onMounted, type Ref, ref, shallowRef } from 'vue';
import { readLinkState, writeLinkState } from '../link-state';
import { whenSeen } from '../when-seen';
import type { AttachedLayers, LayersSource } from './attached-layers';
import { type ChosenExit, decodeExits, encodeExits } from './layers-state';

/** A network, and the exits that a reader attaches to it. */
export interface EditedLayers {
  readonly phase: Ref<'waiting' | 'ready' | 'failed'>;
  /** Why the exits do not fit; what they were before is still shown. */
  readonly problem: Ref<string>;
  readonly source: Ref<LayersSource | null>;
  readonly exits: Ref<readonly ChosenExit[]>;
  readonly attached: Ref<AttachedLayers | null>;
  readonly networks: Ref<readonly string[]>;
  readonly heads: Ref<readonly string[]>;
  setExits(exits: readonly ChosenExit[]): void;
  setNetwork(name: string): void;
  /** Takes a `model.json` of the reader's. */
  take(file: File): void;
}

/** Attaches exits again whenever the reader changes something. */
export function useLayers(root: Readonly<Ref<Element | null>>): EditedLayers {
  const phase = ref<'waiting' | 'ready' | 'failed'>('waiting');
  const problem = ref('');
  const source = shallowRef<LayersSource | null>(null);
  const exits = shallowRef<readonly ChosenExit[]>([]);
  const attached = shallowRef<AttachedLayers | null>(null);
  const networks = shallowRef<readonly string[]>([]);
  const heads = shallowRef<readonly string[]>([]);
  let linked: { readonly network: string | null; readonly exits: readonly ChosenExit[] | null } | null = null;
  let latest = 0;

  async function show(next: LayersSource, wanted: readonly ChosenExit[] | 'advised'): Promise<void> {
    const turn = (latest += 1);
    if (wanted !== 'advised') exits.value = wanted;
    try {
      const { attachLayers } = await import('./attached-layers');
      const found = await attachLayers(next, wanted);
      if (turn !== latest) return;
      source.value = next;
      exits.value = found.exits;
      attached.value = found;
      problem.value = '';
      phase.value = 'ready';
      writeLinkState({
        network: 'name' in next ? next.name : null,
        exits: 'name' in next ? encodeExits(found.exits) : null,
      });
    } catch (error) {
      if (turn !== latest) return;
      problem.value = error instanceof Error ? error.message : String(error);
      phase.value = attached.value === null ? 'failed' : 'ready';
    }
  }

  onMounted(() => {
    const link = readLinkState();
    linked = { network: link.get('network'), exits: decodeExits(link.get('exits')) };
  });
  whenSeen(root, () => {
    void (async () => {
      const { networkNames, headNames } = await import('./attached-layers');
      networks.value = networkNames();
      heads.value = headNames();
      const name = networks.value.find((known) => known === linked?.network) ?? networks.value[0]!;
      await show({ name }, linked?.exits ?? 'advised');
    })();
  });

  return {
    ...{ phase, problem, source, exits, attached, networks, heads },
    setExits(next) {
      if (source.value !== null) void show(source.value, next);
    },
    setNetwork: (name) => void show({ name }, 'advised'),
    take(file) {
      void (async () => {
        try {
          const content = JSON.parse(await file.text()) as { readonly modelTopology?: object };
          const topology = content.modelTopology ?? content;
          await show({ topology, file: file.name }, 'advised');
        } catch {
          problem.value = `${file.name} is no JSON: what is wanted is the model.json of a LayersModel`;
        }
      })();
    },
  };
}
