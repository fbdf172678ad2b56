import { DataError, EnvironmentError } from '@earlyexit/core';
import { builtProgram, type RunningProgram, startProgram } from '@earlyexit/core/node';
import { importRuntime } from './import-runtime';
import type { Survey, SurveyQuestion } from './survey/survey-network';

/** Asks for a file as onnxruntime's basic optimisation leaves it. */
export interface FoldQuestion {
  readonly file: string;
  /** Where it is written. */
  readonly folded: string;
}

/** A process of its own in which onnxruntime tries a file: what kills it, or never ends, harms nobody else. */
export interface Probe {
  fold(question: FoldQuestion): Promise<void>;
  survey(question: SurveyQuestion): Promise<Survey>;
  /** Ends the process. */
  dispose(): void;
}

/** The slowest network here takes seconds; one that never ends has to be ended. */
const LONGEST_MS = 300_000;

/**
 * Starts the process that tries a file of unknown origin.
 *
 * @param where the file's name, for errors
 * @throws EnvironmentError if onnxruntime-node is not installed. Both questions: DataError if onnxruntime refuses the file,
 * dies of it, or does not end; the signal's reason if aborted
 */
export async function startProbe(where: string, signal: AbortSignal | undefined): Promise<Probe> {
  signal?.throwIfAborted();
  await importRuntime();
  const late = AbortSignal.timeout(LONGEST_MS);
  const program: RunningProgram<object> = await startProgram({
    name: 'the program that tries the network',
    args: [builtProgram(import.meta.url, 'probe-program')],
    signal: signal === undefined ? late : AbortSignal.any([signal, late]),
  });
  const ask = async <Answer>(question: FoldQuestion | SurveyQuestion): Promise<Answer> => {
    try {
      return await program.ask<Answer>(question);
    } catch (error) {
      const received =
        error instanceof EnvironmentError
          ? error.parts.received!.split('\n')[0]!.slice(0, 600)
          : late.aborted && error === late.reason
            ? `no end within ${LONGEST_MS / 1000} s`
            : null;
      if (received === null) throw error;
      throw new DataError({ where, rule: 'onnxruntime can run it', received, cause: error });
    }
  };
  return {
    fold: (question) => ask(question),
    survey: (question) => ask(question),
    dispose: () => program.dispose(),
  };
}
