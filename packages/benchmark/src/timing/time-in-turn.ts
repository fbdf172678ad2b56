import type { WorkOptions } from '@earlyexit/core';

/** What is timed, by name; null is left out. Each takes its own time and gives what it found. */
export type Turns = Readonly<Record<string, ((round: number) => Promise<unknown>) | null>>;

/** By name, what each gave in the rounds that count. */
export type TurnResults<Timed extends Turns> = {
  readonly [Name in keyof Timed]: Awaited<ReturnType<NonNullable<Timed[Name]>>>[];
};

/** How often. */
export interface TimingOptions extends WorkOptions {
  readonly rounds: number;
  /** Rounds before those that count, numbered from −1 downward to the first. 1 unless given. */
  readonly warmUps?: number;
  /** What progress says is being done; `timing` unless given. */
  readonly what?: string;
}

/**
 * Lets several things take turns, round after round: what the machine does meanwhile, it does to all of them, and
 * `pairedRatio` compares them round by round.
 */
export async function timeInTurn<Timed extends Turns>(
  turns: Timed,
  { rounds, warmUps = 1, what = 'timing', signal, onProgress }: TimingOptions,
): Promise<TurnResults<Timed>> {
  const results: Record<string, unknown[]> = Object.fromEntries(Object.keys(turns).map((name) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    onProgress?.({ what, done: round + warmUps, total: rounds + warmUps, unit: 'steps' });
    for (const [name, turn] of Object.entries(turns)) {
      signal?.throwIfAborted();
      const result = await turn?.(round);
      if (turn !== null && round >= 0) results[name]!.push(result);
    }
  }
  onProgress?.({ what, done: rounds + warmUps, total: rounds + warmUps, unit: 'steps' });
  return results as TurnResults<Timed>;
}

/** A turn that gives the milliseconds that it took. */
export function timed(action: () => unknown): () => Promise<number> {
  return async () => {
    const started = performance.now();
    await action();
    return performance.now() - started;
  };
}
