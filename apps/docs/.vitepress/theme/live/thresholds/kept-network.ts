import type { CachedLogits, ExitCosts } from '@earlyexit/exit-criteria';
import { selectSamples } from '@earlyexit/calibration';
import { madeUpNetwork } from './made-up-network';

/** What the file beside kept logits says; `scripts/keep-logits.mjs` writes it. */
export interface KeptFacts {
  readonly name: string;
  readonly title: string;
  readonly samples: number;
  readonly classes: number;
  /** A logit is kept as a whole number of steps; so many are 1. */
  readonly steps: number;
  /** The names of the exits, the final one last. */
  readonly exits: readonly string[];
  readonly costs: ExitCosts;
  readonly criterion: string;
  readonly temperatures: readonly number[];
  /** One an early exit; null is "never". */
  readonly thresholds: readonly (number | 'always' | null)[];
  /** What made the file. */
  readonly command: string;
}

/** A network whose answers are known: everything else follows without running it. */
export interface KeptNetwork extends Omit<KeptFacts, 'samples' | 'steps'> {
  /** Samples that thresholds are chosen on. */
  readonly calibration: CachedLogits;
  /** Samples that show what thresholds do. */
  readonly test: CachedLogits;
}

// A network that is kept later is offered without a word here.
const facts = import.meta.glob<KeptFacts>('./kept/*.json', { eager: true, import: 'default' });
const addresses = import.meta.glob<string>('./kept/*.logits', {
  eager: true,
  import: 'default',
  query: '?url',
});

/** The networks to choose from, by name. */
export const networkChoices: readonly { readonly name: string; readonly title: string }[] = [
  ...Object.values(facts).map(({ name, title }) => ({ name, title })),
  { name: 'made-up', title: 'Six exits, made up' },
];

/** Loads what a network said of its samples: every other one is there to choose thresholds on. */
export async function loadKeptNetwork(name: string): Promise<KeptNetwork> {
  const found = Object.values(facts).find((each) => each.name === name);
  if (found === undefined) return madeUpNetwork();
  const response = await fetch(addresses[`./kept/${name}.logits`]!);
  if (!response.ok) throw new Error(`${response.url}: ${response.statusText}`);
  const logits = decodeKept(await decompress(await response.arrayBuffer()), found);
  const half = (first: number): CachedLogits =>
    selectSamples(
      logits,
      Int32Array.from({ length: Math.floor((logits.samples - first + 1) / 2) }, (_, row) => 2 * row + first),
    );
  const { samples: _samples, steps: _steps, ...rest } = found;
  return { ...rest, calibration: half(0), test: half(1) };
}

/** Logits and labels of the bytes that `scripts/keep-logits.mjs` wrote. */
export function decodeKept(
  bytes: ArrayBuffer,
  { exits, samples, classes, steps }: Pick<KeptFacts, 'exits' | 'samples' | 'classes' | 'steps'>,
): CachedLogits {
  const values = new Int16Array(bytes);
  const each = samples * classes;
  return {
    exits: exits.map((_, exit) =>
      Float32Array.from(values.subarray(exit * each, (exit + 1) * each), (value) => value / steps),
    ),
    samples,
    classes,
    labels: Int32Array.from(values.subarray(exits.length * each)),
  };
}

async function decompress(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  // A server may have said that it is compressed: then the browser has undone it already.
  const [first, second] = new Uint8Array(bytes);
  if (first !== 0x1f || second !== 0x8b) return bytes;
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
