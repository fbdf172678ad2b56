import { createInterface } from 'node:readline';

/** A program that is ready for questions. */
export interface ReadyProgram<Question> {
  /** The first line that it prints. */
  readonly ready: object;
  answer(question: Question): Promise<object>;
}

/**
 * The other side of `startProgram`: prepares, reports that the program is ready, and answers questions until no more
 * come. Standard output is only for answers; what libraries print there goes to standard error.
 */
export async function answerQuestions<Question>(
  prepare: () => Promise<ReadyProgram<Question>>,
): Promise<void> {
  // eslint-disable-next-line no-console -- this keeps others from writing there
  console.log = console.info = console.debug = console.error;
  const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const sayError = (error: unknown): void => {
    say({ error: error instanceof Error ? error.message : String(error) });
  };
  try {
    const { ready, answer } = await prepare();
    say(ready);
    for await (const line of createInterface({ input: process.stdin })) {
      await answer(JSON.parse(line) as Question).then(say, sayError);
    }
  } catch (error) {
    sayError(error);
  }
}
