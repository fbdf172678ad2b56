import type { CachedLogits } from '@earlyexit/exit-criteria';
import { selectSamples } from '@earlyexit/calibration';
import type { KeptFacts, KeptNetwork } from './kept-facts';
import { madeUpNetwork } from './made-up-network';

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
