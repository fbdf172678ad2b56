/** Gives the event loop a turn, so that a long computation notices a signal; works in every runtime. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
