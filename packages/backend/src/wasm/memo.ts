// A network has a few dozen shapes; a program that keeps changing its batch size should still not grow without end.
const mostEntries = 1024;

/** What was computed for a key. Kernels run thousands of times for the same few sizes. */
export class Memo<Value> {
  readonly #known = new Map<string, Value>();

  get(key: string, compute: () => Value): Value {
    let value = this.#known.get(key);
    if (value === undefined) {
      value = compute();
      if (this.#known.size >= mostEntries) this.#known.clear();
      this.#known.set(key, value);
    }
    return value;
  }
}
