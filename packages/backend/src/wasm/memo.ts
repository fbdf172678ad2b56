// A network has a few dozen shapes, but a program that keeps changing its batch size should not grow without limit.
const mostEntries = 1024;

/** A cache of computed values by key: kernels run thousands of times for the same few sizes. */
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
