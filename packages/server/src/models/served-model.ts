import type { RunOptions, Session } from '@earlyexit/inference';

/** A model that is served. */
export interface ServedModel {
  readonly session: Session;
  /** What it is called in addresses; the name of its network unless given. */
  readonly name?: string | undefined;
  /** Which version of it; `1` unless given. Of several the highest answers where none is asked for. */
  readonly version?: string | undefined;
  /** How it runs where a request says nothing; as stored in its network unless given. */
  readonly options?: Pick<RunOptions, 'criterion' | 'thresholds' | 'temperatures'> | undefined;
  /** How it runs where there is no time for that; nobody's thresholds change unless given. */
  readonly relaxed?: RelaxedOptions | undefined;
  /** Whether images of `/classify` change light and dark; as its network says unless given. */
  readonly invert?: boolean | 'auto' | undefined;
  /** Told of every answer that is given under the model's own options; says once that the stream has shifted. */
  readonly monitor?: AnswerMonitor | undefined;
  /** What the session takes of an image: height, width, channels; as the session says unless given. */
  readonly inputShape?: readonly number[] | undefined;
}

/** A second policy of a model, as `relaxPolicy` of `@earlyexit/evaluation` finds it. */
export interface RelaxedOptions {
  /** The largest share of answers that differ from those of the whole network: what such an answer says. */
  readonly risk: number;
  readonly policy: NonNullable<ServedModel['options']>;
}

/** Watches answers, as `monitorStream` of `@earlyexit/evaluation` does. */
export interface AnswerMonitor {
  /** @returns what to say, at the first answer after which it is to be said; else null */
  observe(answer: { readonly exit: number; readonly class: number; readonly score: number }): string | null;
}

/** Opens a model again from where it was. */
export type ReloadModel = (model: {
  readonly name: string;
  readonly version: string;
}) => Promise<ServedModel>;

/** What `createServer` takes: one session, one model or several. */
export type ServedModels = Session | ServedModel | readonly (Session | ServedModel)[];

/** The models in a list, sessions as models of their own name. */
export function listServed(models: ServedModels): readonly ServedModel[] {
  const list = Array.isArray(models) ? (models as readonly (Session | ServedModel)[]) : [models];
  return (list as readonly (Session | ServedModel)[]).map((each) =>
    'session' in each ? each : { session: each },
  );
}
