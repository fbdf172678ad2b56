/** A problem that a check finds in a file; a caller that knows the file's name turns it into a DataError. */
export class Refusal extends Error {
  readonly rule: string;
  readonly received: string;

  constructor(rule: string, received: unknown) {
    super(rule);
    this.rule = rule;
    this.received = String(received).slice(0, LONGEST);
  }
}

/** Long enough to recognise a name, short enough for a terminal. */
const LONGEST = 120;

/** @throws Refusal unless the condition holds */
export function need(condition: boolean, rule: string, received: unknown): asserts condition {
  if (!condition) throw new Refusal(rule, received);
}
