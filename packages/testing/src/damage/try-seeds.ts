import { type Draws, seededDraws } from '../seeded-draws';

/** What became of all seeds. */
export interface DamageReport<Outcome extends string> {
  /** How often each outcome came. */
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Whatever is no outcome, by its seed. */
  readonly bugs: readonly string[];
  readonly slowestMs: number;
}

/**
 * Damages something and tries what came of it, seed by seed.
 *
 * @param outcomes those that are no bugs; a number of `first` or later is a seed
 * @param tryOne gives an outcome, or says what went wrong; the clock stands while `damage` is at work
 */
export async function trySeeds<Outcome extends string, Damaged>(
  { count, first = 0, outcomes }: { count: number; first?: number; outcomes: readonly Outcome[] },
  damage: (draws: Draws, seed: number) => Damaged | Promise<Damaged>,
  tryOne: (damaged: Damaged, seed: number) => string | Promise<string>,
): Promise<DamageReport<Outcome>> {
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  const bugs: string[] = [];
  let slowestMs = 0;
  for (let seed = first; seed < first + count; seed++) {
    const damaged = await damage(seededDraws(seed), seed);
    const started = performance.now();
    const outcome = await tryOne(damaged, seed);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    if (outcomes.includes(outcome as Outcome)) counts[outcome as Outcome]++;
    else bugs.push(`seed ${seed}: ${outcome}`);
  }
  return { counts, bugs, slowestMs };
}
