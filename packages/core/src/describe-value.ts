// Long enough to recognise the value, short enough for a terminal.
const LONGEST = 120;

/** A value as JSON for an error message, shortened if it is long. */
export function describeValue(value: unknown): string {
  const json: unknown = JSON.stringify(value);
  return (typeof json === 'string' ? json : String(value)).slice(0, LONGEST);
}
