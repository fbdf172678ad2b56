import { Refusal } from './refusal';

/** The requests that are answered now, and the memory of their bodies. */
export interface InFlight {
  /** How many there are. */
  readonly count: number;
  /**
   * Takes a request in, before its body is read.
   *
   * @param bytes of its body, as many as it may become
   * @returns what lets it go, and what gives back the room for its body before
   * @throws Refusal if there is no memory for its body
   */
  enter(bytes: number): { readonly leave: () => void; readonly dropBody: () => void };
  /** Resolves as soon as there is none. */
  none(): Promise<void>;
}

/** @param maxHeldBytes of all bodies together */
export function countInFlight(maxHeldBytes: number): InFlight {
  let count = 0;
  let held = 0;
  const waiters: (() => void)[] = [];
  const tell = (): void => {
    if (count === 0) for (const resolve of waiters.splice(0)) resolve();
  };
  return {
    get count() {
      return count;
    },
    enter(bytes) {
      if (held + bytes > maxHeldBytes) {
        throw new Refusal(
          429,
          'full',
          {
            where: 'body',
            rule: `the bodies of all requests together have at most ${maxHeldBytes} bytes`,
            received: `${bytes} more than ${held}`,
            remedy: 'Try again later; a Content-Length tells how much room a body needs',
          },
          1,
        );
      }
      count++;
      held += bytes;
      let [isIn, kept] = [true, bytes];
      const dropBody = (): void => {
        held -= kept;
        kept = 0;
      };
      return {
        dropBody,
        leave() {
          if (!isIn) return;
          isIn = false;
          count--;
          dropBody();
          tell();
        },
      };
    },
    none: () =>
      new Promise((resolve) => {
        waiters.push(resolve);
        tell();
      }),
  };
}
