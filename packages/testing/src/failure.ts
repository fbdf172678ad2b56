/** The error of a promise that must fail. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`it did not fail and gave ${JSON.stringify(outcome.value)}`);
  if (outcome.error instanceof Error) return outcome.error;
  throw new Error(`it failed with ${String(outcome.error)}, which is no error`);
}
