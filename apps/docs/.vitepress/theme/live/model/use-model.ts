import type { PlaceProfile } from '@earlyexit/attach/browser';
import { computed, onMounted, type Ref, ref, shallowRef, watch } from 'vue';
import { readLinkState, writeLinkState } from '../link-state';
import { averageCost, type ExitEconomy, exitEconomy } from '../network/exit-economy';
import { whenSeen } from '../when-seen';
import type { ExitTimes } from './time-exits';
import type { ExitedModel, UnderstoodModel } from './understood-model';

/** What the link says when it says nothing. */
const FIRST = { place: 1, hidden: 0, seed: 1, share: 0.6 } as const;
/** Neurons that a head may have between features and logits. */
export const hiddenSizes = [0, 32, 128] as const;

/** What a reader brought, and what they chose. */
export interface BroughtModel {
  readonly phase: Ref<'waiting' | 'reading' | 'ready' | 'failed'>;
  /** Why a file is refused, or could not be timed. */
  readonly problem: Ref<string>;
  readonly model: Ref<UnderstoodModel | null>;
  readonly exited: Ref<ExitedModel | null>;
  readonly place: Readonly<Ref<PlaceProfile | null>>;
  readonly economy: Readonly<Ref<ExitEconomy | null>>;
  readonly cost: Readonly<Ref<number | null>>;
  readonly chosen: Ref<number>;
  readonly hidden: Ref<number>;
  readonly seed: Ref<number>;
  readonly share: Ref<number>;
  readonly isNormalized: Ref<boolean>;
  readonly times: Ref<ExitTimes | null>;
  /** Takes a file of the reader's. */
  take(file: File): void;
  takeExample(): void;
  time(): Promise<void>;
}

/** Reads a classifier and puts an exit into it, as often as the reader changes their mind. */
export function useModel(root: Readonly<Ref<Element | null>>): BroughtModel {
  const phase = ref<'waiting' | 'reading' | 'ready' | 'failed'>('waiting');
  const problem = ref('');
  const model = shallowRef<UnderstoodModel | null>(null);
  const exited = shallowRef<ExitedModel | null>(null);
  const times = shallowRef<ExitTimes | null>(null);
  const chosen = ref<number>(FIRST.place);
  const hidden = ref<number>(FIRST.hidden);
  const seed = ref<number>(FIRST.seed);
  const share = ref<number>(FIRST.share);
  const isNormalized = ref(false);
  let latest = 0;

  const place = computed(() => model.value?.profile.places[chosen.value] ?? null);
  const economy = computed(() =>
    model.value === null || exited.value === null
      ? null
      : exitEconomy(exited.value.exitMacs, model.value.profile.macs),
  );
  const cost = computed(() => (economy.value === null ? null : averageCost(economy.value, share.value)));

  /** Does something slow, unless the reader has asked for something else meanwhile. */
  async function latestOnly(work: (isLatest: () => boolean) => Promise<void>): Promise<void> {
    const turn = (latest += 1);
    const isLatest = (): boolean => turn === latest;
    try {
      await work(isLatest);
      if (isLatest()) phase.value = 'ready';
    } catch (error) {
      if (!isLatest()) return;
      problem.value = messageOf(error);
      phase.value = 'failed';
    }
  }

  /** Network and exit change together: what one of them costs says nothing of another. */
  async function exitIn(now: UnderstoodModel, isLatest: () => boolean): Promise<void> {
    const { exitModel } = await import('./understood-model');
    const at = now.profile.places[chosen.value];
    const made =
      at === undefined
        ? null
        : await exitModel(now, {
            place: at,
            hidden: hidden.value,
            seed: seed.value,
            isNormalized: isNormalized.value,
          });
    if (!isLatest()) return;
    model.value = now;
    exited.value = made;
    times.value = null;
    problem.value = '';
  }

  function read(bytes: () => Promise<Uint8Array>, name: string): void {
    phase.value = 'reading';
    void latestOnly(async (isLatest) => {
      const { understandModel } = await import('./understood-model');
      const understood = await understandModel(await bytes(), name);
      if (!isLatest()) return;
      const last = understood.profile.places.length - 1;
      if (chosen.value > last) chosen.value = Math.max(0, last);
      await exitIn(understood, isLatest);
    });
  }

  function takeExample(): void {
    read(async () => (await import('./example-network')).exampleNetwork(), 'example.onnx');
  }

  onMounted(() => {
    const link = readLinkState();
    const whole = (name: string): number | null =>
      /^\d{1,6}$/.test(link.get(name) ?? '') ? Number(link.get(name)) : null;
    chosen.value = Math.max(0, (whole('place') ?? FIRST.place + 1) - 1);
    const neurons = whole('hidden');
    if (hiddenSizes.some((size) => size === neurons)) hidden.value = neurons!;
    seed.value = whole('seed') ?? FIRST.seed;
    const given = Number(link.get('share') ?? Number.NaN);
    if (given >= 0 && given <= 1) share.value = given;
  });
  whenSeen(root, takeExample);

  watch([chosen, hidden, seed, isNormalized], () => {
    const now = model.value;
    if (phase.value !== 'ready' || now === null) return;
    void latestOnly((isLatest) => exitIn(now, isLatest));
  });
  watch([chosen, hidden, seed, share], () => {
    writeLinkState({
      place: String(chosen.value + 1),
      hidden: String(hidden.value),
      seed: String(seed.value),
      share: String(share.value),
    });
  });

  return {
    ...{ phase, problem, model, exited, place, economy, cost },
    ...{ chosen, hidden, seed, share, isNormalized, times },
    take: (file) => read(async () => new Uint8Array(await file.arrayBuffer()), file.name),
    takeExample,
    async time() {
      const [now, made] = [model.value, exited.value];
      if (now === null || made === null) return;
      try {
        const { timeExits } = await import('./time-exits');
        const found = await timeExits(now.bytes, made.file, now.examined.input);
        if (exited.value === made) times.value = found;
      } catch (error) {
        if (exited.value === made) problem.value = messageOf(error);
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
