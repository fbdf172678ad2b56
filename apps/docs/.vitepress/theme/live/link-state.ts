/** What a part of the link says: everything that a reader changed, so that what is seen can be sent. */
export function readLinkState(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** Writes it, without a step in the history. Null takes a value away. */
export function writeLinkState(values: Readonly<Record<string, string | null>>): void {
  const state = readLinkState();
  for (const [name, value] of Object.entries(values)) {
    if (value === null) state.delete(name);
    else state.set(name, value);
  }
  const hash = state.size === 0 ? '' : `#${state.toString()}`;
  history.replaceState(history.state, '', location.pathname + location.search + hash);
}
