import type { BatchLimits } from './batching/batch-limits';
import type { ReloadModel } from './models/served-model';

/** A line of the log: a request that was answered or refused. */
export interface RequestLog {
  /** When it ended, as ISO 8601. */
  readonly time: string;
  readonly method: string;
  /** The route that answered, with its parameters' names: `/v2/models/:name/infer`; null for none. */
  readonly route: string | null;
  readonly status: number;
  readonly milliseconds: number;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly images?: number | undefined;
  /** Why it was refused, in a word and in a sentence. */
  readonly reason?: string | undefined;
  readonly error?: string | undefined;
  /** A fault of the server, for whoever looks for it; it is never sent. */
  readonly stack?: string | undefined;
}

/** How a server works. */
export interface ServerOptions extends BatchLimits {
  /** How long a request may take that does not say, in milliseconds; 30,000 unless given. */
  readonly timeoutMs?: number | undefined;
  /** The most multiply-accumulates that an image may cost, whatever a request says; no cap unless given. */
  readonly maxMacs?: number | undefined;
  /** The most bytes of a body, unpacked too; 32 MiB unless given. */
  readonly maxBodyBytes?: number | undefined;
  /** The most bytes of all bodies that are in memory at once; 256 MiB unless given. */
  readonly maxHeldBytes?: number | undefined;
  /** The most pixels of an image that is to be decoded; 50 million unless given. */
  readonly maxPixels?: number | undefined;
  /** The token that requests have to bring (`Authorization: Bearer …`), health aside; none unless given. */
  readonly token?: string | undefined;
  /** Certificate and key in PEM, for HTTPS; HTTP unless given. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** Opens a model again, for `/v2/repository/models/NAME/load`; nobody unless given. */
  readonly reload?: ReloadModel | undefined;
  /** Told of every request that has ended. */
  readonly onLog?: ((entry: RequestLog) => void) | undefined;
}

/** A number with its default. */
export type CheckedOptions = ReturnType<typeof withDefaults>;

/** The options with their defaults, but those of batches. */
export function withDefaults(options: ServerOptions) {
  const {
    timeoutMs = 30_000,
    maxBodyBytes = 32 * 2 ** 20,
    maxHeldBytes = 256 * 2 ** 20,
    maxPixels = 50e6,
  } = options;
  return {
    ...options,
    timeoutMs,
    maxBodyBytes,
    maxHeldBytes: Math.max(maxHeldBytes, maxBodyBytes),
    maxPixels,
  };
}
