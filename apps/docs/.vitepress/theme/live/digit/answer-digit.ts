import type { Session } from '@earlyexit/inference';
import { softmax } from '@earlyexit/exit-criteria';

/** What one exit says of a digit. */
export interface ExitOpinion {
  readonly name: string;
  /** `[classes]`, calibrated. */
  readonly probabilities: readonly number[];
  /** Multiply-accumulates of leaving here, every head on the way included. */
  readonly macs: number;
}

/** What the network did with a digit, and what each exit would have said. */
export interface DigitAnswer {
  readonly digit: string;
  /** The index of the exit that answered. */
  readonly exit: number;
  readonly opinions: readonly ExitOpinion[];
  /** What was computed for the answer. */
  readonly macs: number;
  /** Of the run that answered; those for the opinions are not in it. */
  readonly latencyMs: number;
}

/**
 * Classifies a digit, then asks each exit alone, to show how sure it is.
 *
 * @param image `[28, 28]` bytes
 * @param threshold of the first exit
 */
export async function answerDigit(
  session: Session,
  image: Uint8Array,
  threshold: number,
): Promise<DigitAnswer> {
  const { exits, classes, policy } = session.metadata;
  const batch = { data: image, count: 1 };
  const early = exits.length - 1;
  const start = performance.now();
  const answer = await session.run(batch, { thresholds: Array<number>(early).fill(threshold) });
  const latencyMs = performance.now() - start;
  const opinions: ExitOpinion[] = [];
  for (const [index, { name, macs }] of exits.entries()) {
    const thresholds = Array.from({ length: early }, (_, at) =>
      at === index ? ('always' as const) : ('never' as const),
    );
    const { logits } = await session.run(batch, { thresholds });
    const probabilities = softmax(logits, classes.length, policy?.temperatures?.[index] ?? 1);
    opinions.push({ name, macs, probabilities: [...probabilities] });
  }
  return {
    digit: classes[answer.classes[0]!]!,
    exit: answer.exits[0]!,
    opinions,
    macs: answer.macs[0]!,
    latencyMs,
  };
}
